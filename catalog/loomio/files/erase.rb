# Given a person's e-mail address, has Loomio redact the account, through its server API: what the person wrote stays
# in its groups, without name, address, picture and sign-ins. Exits 0 when done, or when there is no such account.
require 'json'
require 'net/http'

KEY = File.read('/run/secrets/server_api_key').strip

def call(request_class, path)
  headers = {'Authorization' => "Bearer #{KEY}", 'X-Forwarded-Proto' => 'https'}
  request = request_class.new("/api/b3/users#{path}", headers)
  response = Net::HTTP.start('127.0.0.1', 3000, read_timeout: 60) { |http| http.request(request) }
  abort "#{request.method} users#{path}: #{response.code}" unless response.code == '200'
  JSON.parse(response.body)
end

def find(email)
  call(Net::HTTP::Get, '')['users'].find { |user| user['email'].to_s.casecmp?(email) }
end

email = ARGV.fetch(0)
user = find(email)
if user.nil?
  puts 'no such account'
  exit
end
call(Net::HTTP::Post, "/#{user['id']}/redact")
# The worker does it: wait until the address is gone.
60.times do
  exit if find(email).nil?
  sleep 2
end
abort 'the worker has not redacted the account within two minutes'
