-- For the host of rooms. Prosody writes the last message of a room down with who is in it, outside of the archive and
-- for as long as the room stays quiet. mod_muc_mam gives the history from the archive, which forgets in time: so nothing
-- else is to remember messages.
local states = module:open_store("state")

-- After the archive has it (0), before the room would keep it (-1).
module:hook("muc-add-history", function()
  return true
end, -0.5)

-- What was written down before this module was there.
for name in states:users() do
  local state = states:get(name)
  if state and state._last_message then
    state._last_message, state._last_message_at = nil, nil
    states:set(name, next(state) and state or nil)
  end
end
