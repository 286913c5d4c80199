-- Prints the address through which the proxy's requests come in: the gateway of the container's own network.
local gateway
for line in io.lines("/proc/net/route") do
  local target, hop = line:match("^%S+%s+(%x+)%s+(%x+)")
  if target == "00000000" and hop ~= "00000000" then gateway = hop end
end
-- Four bytes, the last first. Without a way out there is no proxy: then only the container itself is believed.
if not gateway then print("127.0.0.1") return end
local bytes = {}
for byte in gateway:gmatch("%x%x") do table.insert(bytes, 1, tostring(tonumber(byte, 16))) end
print(table.concat(bytes, "."))
