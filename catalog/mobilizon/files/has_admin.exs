# Raises, which makes the command fail, unless there is an administrator.
if Mobilizon.Users.list_admins() == [], do: raise("there is no administrator")
