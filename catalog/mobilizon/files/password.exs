# Given email: that account takes the password of the secret, whatever it was. Evaluated by the running server, which
# reads the file itself.
alias Mobilizon.Storage.Repo
alias Mobilizon.Users.User

password = String.trim(File.read!("/run/secrets/admin_password"))
user = Repo.get_by!(User, email: email)
{:ok, _user} = user |> Ecto.Changeset.change(%{password_hash: Argon2.hash_pwd_salt(password)}) |> Repo.update()
