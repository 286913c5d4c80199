# Given email: makes the first administrator with a profile named admin, through the functions of the project's own
# command users.new, which would show the password.
alias Mix.Tasks.Mobilizon.Actors.Utils
alias Mobilizon.Users

if Users.list_admins() == [] do
  password = String.trim(File.read!("/run/secrets/admin_password"))

  {:ok, user} =
    Users.register(%{
      email: email,
      password: password,
      role: :administrator,
      confirmed_at: DateTime.utc_now(),
      confirmation_sent_at: nil,
      confirmation_token: nil
    })

  Utils.create_profile(user, "admin", nil)
  IO.puts("administrator made: #{email}")
end
