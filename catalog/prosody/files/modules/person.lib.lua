-- The commands of person.sh: one person's data, seen and erased by the running server, and the links an administrator
-- sends. Prosody 13 and later; before, there is no way to add commands.
local datamanager = require "util.datamanager"
local json = require "util.json"
local split = require "util.jid".split
local users = require "core.usermanager"

local host = module.host
local rooms, shared = "salons." .. host, "fichiers." .. host
local invites = module:depends("invites")

-- Calls back with each stored message of a room that a person wrote: the room, the key of the message, the message,
-- its time and its author. Without a person: every message that has an author.
local function each_room_message(person, found)
  local archive = module:context(rooms):open_store("muc_log", "archive")
  for room in archive:users() do
    for key, stanza, when in assert(archive:find(room, {})) do
      local shown = stanza:get_child("x", "http://jabber.org/protocol/muc#user")
      local item = shown and shown:get_child("item")
      local author = item and item.attr.jid
      if author and (author == person or not person) then found(archive, room, key, stanza, when, author) end
    end
  end
end

-- Calls back with each file that a person shared: the key, its description, its path here.
local function each_file(person, found)
  local uploads = module:context(shared):open_store("uploads", "archive")
  for key, stanza in assert(uploads:find(nil, { with = person })) do
    found(uploads, key, stanza, datamanager.getpath(key, shared, "http_file_share", "bin"))
  end
end

local function export(self, person)
  local name = split(person)
  local report = { account = person, exists = users.user_exists(name, host), stores = {}, messages = {}, files = {} }
  for store in datamanager.stores(name, host, "keyval") do
    if store ~= "accounts" then -- nothing but the hash of the password
      report.stores[store] = datamanager.load(name, host, store)
    end
  end
  for store in datamanager.stores(name, host, "list") do
    if not store:find("^archive") then -- what its page publishes, such as the visiting card
      report.stores[store] = datamanager.list_load(name, host, store)
    end
  end
  local function add(place, stanza, when)
    local text = stanza:get_child_text("body")
    table.insert(report.messages, { with = place, time = os.date("!%FT%TZ", when // 1), text = text })
  end
  for _, stanza, when, with in assert(module:open_store("archive", "archive"):find(name, {})) do
    add(with, stanza, when)
  end
  each_room_message(person, function(_, room, _, stanza, when) add(room, stanza, when) end)
  each_file(person, function(_, _, stanza) table.insert(report.files, stanza.attr.filename) end)
  self.session.print(json.encode(report))
  return true
end

local function erase(_, person)
  local name = split(person)
  local keys, count = {}, 0
  each_file(person, function(uploads, key, _, path)
    os.remove(path)
    table.insert(keys, { uploads, nil, key })
  end)
  each_room_message(person, function(archive, room, key) table.insert(keys, { archive, room, key }) end)
  for _, place in ipairs(keys) do
    assert(place[1]:delete(place[2], { key = place[3] }))
    count = count + 1
  end
  for room in prosody.hosts[rooms].modules.muc.all_rooms() do
    room:set_affiliation(true, person, nil)
  end
  if users.user_exists(name, host) then
    assert(users.delete_user(name, host))
  end
  datamanager.purge(name, host)
  for token, invitation in invites.pending_account_invites() do
    if invitation.jid == person then invites.delete_account_invite(token) end
  end
  return true, ("erased: the account, %d messages in rooms and files"):format(count)
end

-- Every name that `erase` takes: the accounts, and those who are gone but left messages in rooms, or files.
local function list(self)
  local names = {}
  local function add(person)
    local name, where = split(person)
    if name and where == host then names[name] = true end
  end
  for name in users.users(host) do names[name] = true end
  each_room_message(nil, function(_, _, _, _, _, author) add(author) end)
  for _, _, _, with in assert(module:context(shared):open_store("uploads", "archive"):find(nil, {})) do add(with) end
  for name in pairs(names) do self.session.print("name: " .. name) end
  return true
end

local function link(invite, problem)
  if not invite then return nil, problem end
  return true, invite.landing_page or invite.uri
end

local function invite(_, person)
  return link(invites.create_account((split(person))))
end

local function password(_, person)
  return link(invites.create_account_reset((split(person))))
end

local commands = { export = export, erase = erase, invite = invite, password = password }
for name, run in pairs(commands) do
  module:add_item("shell-command", {
    section = "person", section_desc = "One person's data and links", name = name, desc = name .. " a person",
    args = { { name = "person", type = "string" } }, host_selector = "person", handler = run,
  })
end
module:add_item("shell-command", {
  section = "person", name = "list", desc = "list all whom erase knows",
  args = { { name = "host", type = "string" } }, host_selector = "host", handler = list,
})
