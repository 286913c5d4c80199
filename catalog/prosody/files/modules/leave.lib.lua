-- One person leaves: the account is disabled, which ends its connections and tokens. Messages, rooms and files stay.
local split = require "util.jid".split
local users = require "core.usermanager"

local host = module.host

local function leave(self, person)
  local name = split(person)
  local answer = "unknown"
  if users.user_exists(name, host) then
    answer = users.user_is_enabled(name, host) and "changed" or "unchanged"
    assert(users.disable_user(name, host, { comment = "left" }))
  end
  self.session.print("answer: " .. answer)
  return true
end

module:add_item("shell-command", {
  section = "person", name = "leave", desc = "close the account of a person who leaves",
  args = { { name = "person", type = "string" } }, host_selector = "person", handler = leave,
})
