-- What an association needs beside Prosody: a first administrator, a room for all, pages in its language, one
-- person's data, and a line about each failed sign-in. Enabled on the host that has the accounts.
local files = require "net.http.files"
local formdecode = require "net.http".formdecode
local nodeprep = require "util.encodings".stringprep.nodeprep
local st = require "util.stanza"
local users = require "core.usermanager"

local SECRET <const>, PAGES <const> = "/run/secrets/admin_password", "/provisioner/web/"
local SHORTEST_PASSWORD <const> = 10
local host = module.host
local language = os.getenv("LANGUAGE") == "en" and "en" or "fr"
local invites = module:depends("invites")
module:depends("http")

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- The administrator's password is the secret of the installation at every start, so that it cannot be lost.
local function ensure_administrator()
  local name, password = os.getenv("XMPP_ADMIN"), read(SECRET):gsub("%s+$", "")
  if not users.user_exists(name, host) then
    assert(users.create_user(name, password, host))
  elseif not users.test_password(name, host, password) then
    assert(users.set_password(name, password, host))
  end
end

local function ensure_common_room()
  local muc, address = prosody.hosts["salons." .. host].modules.muc, "association@salons." .. host
  local room = muc.get_room_from_jid(address)
  if not room then
    room = assert(muc.create_room(address))
    room:set_name(os.getenv("ASSOCIATION"))
    room:save(true)
  end
end

module:hook_global("server-started", function()
  ensure_administrator()
  ensure_common_room()
end)

-- Given the name of a page and the values of its {names}, return the page, those values escaped.
local function page(event, name, values)
  local headers = event.response.headers
  headers.content_type = "text/html; charset=utf-8"
  headers.cache_control = "no-store"
  values = setmetatable(values or {}, { __index = { association = os.getenv("ASSOCIATION"), domain = host } })
  return (read(PAGES .. language .. "/" .. name .. ".html"):gsub("{(%w+)}", function(key)
    return values[key] and st.xml_escape(values[key])
  end))
end

-- Returns what is wrong with a wished name and password, or nil.
local function refusal(invite, name, password)
  local own = invite.additional_data and invite.additional_data.allow_reset
  if not name or name == "" or name:find("[%s@/:<>\"'&]") then return "name" end
  if own and name ~= own then return "name" end
  if not own and users.user_exists(name, host) then return "taken" end
  if #password < SHORTEST_PASSWORD then return "password" end
end

local function show_invitation(event)
  local query = formdecode(event.request.url.query or "")
  local token = type(query) == "table" and query.t or ""
  local invite = invites.get(token)
  local expected = invite and invite.uri:match("^xmpp:([^@?]+)@")
  local state = invite and "asked" or "invalid"
  return page(event, "invitation", { state = state, token = token, user = expected or "" })
end

local function take_invitation(event)
  local form = formdecode(event.request.body or "")
  form = type(form) == "table" and form or {}
  local invite, password = invites.get(form.t), form.password or ""
  if not invite then return page(event, "invitation", { state = "invalid", token = "", user = "" }) end
  local name = nodeprep((form.user or ""):gsub("@.*$", ""), true)
  local wrong = refusal(invite, name, password)
  if wrong then return page(event, "invitation", { state = wrong, token = form.t, user = form.user or "" }) end
  if users.user_exists(name, host) then
    assert(users.set_password(name, password, host))
  else
    assert(users.create_user(name, password, host))
    module:fire_event("user-registered", { username = name, host = host, source = "mod_association" })
  end
  invite:use()
  return page(event, "invitation", { state = "done", token = "", user = name })
end

module:provides("http", {
  default_path = "/",
  route = {
    ["GET /"] = function(event) return page(event, "chat") end,
    ["GET /invitation"] = show_invitation,
    ["POST /invitation"] = take_invitation,
    ["GET /page/*"] = files.serve({ path = PAGES .. "page", mime_map = { css = "text/css", js = "text/javascript" } }),
  },
})

-- The proxy does not see inside connections: the host reads this line (sign_in_logs in service.yaml). No name is in it.
local WRONG <const> = { ["not-authorized"] = true, ["account-disabled"] = true, ["credentials-expired"] = true }
module:hook("authentication-failure", function(event)
  local address = event.session and event.session.ip
  if address and WRONG[event.condition] then module:log("warn", "Failed sign-in from %s", address) end
end)

module:require("person")
module:require("leave")
