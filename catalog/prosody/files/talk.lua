-- Speaks to the server as a member's browser does (BOSH, XEP-0124), signed in as the administrator, or as somebody who
-- has just an account: the last two words are the name and the password then.
-- lua5.4 talk.lua say ROOM TEXT    sends a message to a room, made when it is not there, and waits for its echo
-- lua5.4 talk.lua recall ROOM      prints the latest messages that the archive of the room keeps
-- lua5.4 talk.lua card NAME E-MAIL USER PASSWORD    makes a visiting card for that person
local http, ltn12, mime = require "socket.http", require "ltn12", require "mime"

local domain, admin = os.getenv("XMPP_DOMAIN"), os.getenv("XMPP_ADMIN")
local action, room, words = arg[1], arg[2] .. "@salons." .. domain, arg[3] or ""
local user, nick = arg[4] or admin, arg[4] or "probe"
local request, session = math.random(1 << 20), nil
http.TIMEOUT = 20

local function post(attributes, content)
  request = request + 1
  local body = ("<body xmlns='http://jabber.org/protocol/httpbind' rid='%d'%s %s>%s</body>"):format(
    request, session and (" sid='%s'"):format(session) or "", attributes, content or "")
  local parts = {}
  local _, status = http.request({
    url = "http://127.0.0.1:5280/http-bind", method = "POST",
    source = ltn12.source.string(body), sink = ltn12.sink.table(parts),
    headers = { Host = domain, ["Content-Length"] = #body, ["Content-Type"] = "text/xml; charset=utf-8" },
  })
  local answer = table.concat(parts)
  local ended = answer:find("type='terminate'", 1, true) and not attributes:find("terminate", 1, true)
  assert(status == 200 and not ended, ("answered %s: %s"):format(status, answer))
  return answer
end

-- Sends a stanza and returns all that came until an answer has the wanted text.
local function ask(content, wanted)
  local seen = post("", content)
  for _ = 1, 10 do
    if seen:find(wanted, 1, true) then return seen end
    seen = seen .. post("")
  end
  error(("no %q in: %s"):format(wanted, seen))
end

local function sign_in()
  local password = arg[5]
  if not password then
    local file = assert(io.open("/run/secrets/admin_password"))
    password = file:read("l")
    file:close()
  end
  local proof = mime.b64("\0" .. user .. "\0" .. password)
  local xmpp = "xmlns:xmpp='urn:xmpp:xbosh'"
  local opened = post(("to='%s' wait='2' hold='1' ver='1.6' xml:lang='fr' xmpp:version='1.0' %s"):format(domain, xmpp))
  session = assert(opened:match("sid=['\"]([^'\"]+)"), opened)
  ask(("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>"):format(proof), "<success")
  post(("to='%s' xmpp:restart='true' %s"):format(domain, xmpp))
  ask("<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "<jid>")
end

local function say()
  local rooms = "http://jabber.org/protocol/muc"
  ask(("<presence xmlns='jabber:client' to='%s/%s'><x xmlns='%s'/></presence>"):format(room, nick, rooms), "code='110'")
  -- Not in the list of rooms that members see; no matter where somebody else may say that.
  ask(([[<iq xmlns='jabber:client' type='set' id='hide' to='%s'><query xmlns='%s#owner'>
    <x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>%s#roomconfig</value></field>
    <field var='muc#roomconfig_publicroom'><value>0</value></field></x></query></iq>]]):format(room, rooms, rooms),
    "id='hide'")
  local message = "<message xmlns='jabber:client' type='groupchat' to='%s' id='%s'><body>%s</body></message>"
  ask(message:format(room, words, words), "<body>" .. words)
end

local function card()
  ask(([[<iq xmlns='jabber:client' type='set' id='card'><vCard xmlns='vcard-temp'><FN>%s</FN><NICKNAME>%s</NICKNAME>
    <EMAIL><INTERNET/><USERID>%s</USERID></EMAIL></vCard></iq>]]):format(arg[2], user, arg[3]), "id='card'")
end

local function recall()
  print(ask(([[<iq xmlns='jabber:client' type='set' id='recall' to='%s'><query xmlns='urn:xmpp:mam:2'>
    <set xmlns='http://jabber.org/protocol/rsm'><max>20</max><before/></set></query></iq>]]):format(room), "<fin"))
end

sign_in()
assert(({ say = say, recall = recall, card = card })[action], "say, recall or card")()
post("type='terminate'", "<presence xmlns='jabber:client' type='unavailable'/>")
