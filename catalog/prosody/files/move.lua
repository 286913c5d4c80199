-- Given the name of the service, carries accounts, messages and files over when they were written under another name.
-- May be stopped at any point and run again: the old name is forgotten last.
local lfs = require "lfs"

local DATA <const>, MARK <const> = "/data", "/data/name"
local PREFIXES <const> = { "", "salons.", "fichiers." }
local new = assert(arg[1])

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path .. ".new", "wb"))
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(path .. ".new", path))
end

-- The name of the folder in which Prosody keeps what belongs to a host.
local function folder(host)
  return DATA .. "/" .. host:gsub("%W", function(sign) return ("%%%02x"):format(sign:byte()) end)
end

-- Replaces whole names only: neither other.old nor old.other is ours.
local function renamed(text, old)
  for _, prefix in ipairs(PREFIXES) do
    local pattern = "%f[%w.-]" .. (prefix .. old):gsub("%p", "%%%0") .. "%f[^%w.-]"
    text = text:gsub(pattern, prefix .. new)
  end
  return text
end

local function rewrite(path, old)
  for entry in lfs.dir(path) do
    local inner = path .. "/" .. entry
    if entry:match("^%.%.?$") then
      goto continue
    elseif lfs.attributes(inner, "mode") == "directory" then
      rewrite(inner, old)
    elseif entry:match("%.lidx$") then
      assert(os.remove(inner)) -- places in a list that changes its length; Prosody makes it again
    elseif entry:match("%.dat$") or entry:match("%.list$") then
      local text = assert(read(inner))
      local text_now = renamed(text, old)
      if text_now ~= text then write(inner, text_now) end
    end
    ::continue::
  end
end

local old = read(MARK)
if old and old ~= new then
  for _, prefix in ipairs(PREFIXES) do
    local from, to = folder(prefix .. old), folder(prefix .. new)
    local rest = lfs.attributes(from, "mode") and from or to
    if lfs.attributes(rest, "mode") then rewrite(rest, old) end
    if rest == from and lfs.attributes(from, "mode") then assert(os.rename(from, to)) end
  end
  print("moved from " .. old .. " to " .. new)
end
if old ~= new then write(MARK, new) end
