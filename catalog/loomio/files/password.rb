# Given an e-mail address, and a new password on the first line of standard input: the account takes it. Run by
# `rails runner`.
user = User.find_by(email: ARGV.fetch(0)) or abort "there is no account #{ARGV[0]}"
user.update!(password: $stdin.gets.to_s.chomp)
