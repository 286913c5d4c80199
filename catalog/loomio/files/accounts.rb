# Given the administrator's e-mail address, the association's name and a language: makes the first administrator with
# the password in /run/secrets, unless there is one, and the account and group of the check. Run by `rails runner`.
email, association, language = ARGV

def secret(name)
  File.read("/run/secrets/#{name}").strip
end

# Later on people manage administrators themselves: neither password nor rights are touched again.
def make_administrator(email, association, language)
  return if User.active.where(is_admin: true, bot: false, email_verified: true).exists?

  user = User.find_by(email: email) || User.new(email: email)
  user.name = association if user.name.blank?
  # Without a verified address Loomio would want a code that it sends by e-mail.
  user.update!(email_verified: true, is_admin: true, password: secret('admin_password'),
               legal_accepted_at: Time.current, selected_locale: language)
  puts "administrator: #{email}"
end

# The check writes in a group of its own, that nobody else sees, with an account that gets neither votes nor e-mail.
def make_check_account(name)
  bot = User.find_by(email: 'check@loomio.invalid') ||
        User.create!(email: 'check@loomio.invalid', name: name, email_verified: true, bot: true,
                     legal_accepted_at: Time.current)
  bot.update_columns(api_key: secret('probe_api_key')) if bot.api_key != secret('probe_api_key')
  group = Group.find_by(handle: 'provisioner-check')
  if group.nil?
    group = Group.new(name: name, group_privacy: 'secret', handle: 'provisioner-check')
    group.creator = bot
    group.save!
  end
  group.add_admin!(bot) unless group.admins.exists?(bot.id)
end

make_administrator(email, association, language)
make_check_account(language == 'fr' ? 'Vérification' : 'Check')
