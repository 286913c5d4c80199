"""What a stranger does from another host: try every port, and send frames that no honest router would."""

from rehearsal import Host

# Given an address and ports "first-last": prints those on which TCP answers. All at once, a few thousand at a time.
SCAN = """
import resource, select, socket, sys, time
address, (first, last) = sys.argv[1], map(int, sys.argv[2].split("-"))
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
at_once = min(hard, 9000) - 100
kind, _type, _protocol, _name, there = socket.getaddrinfo(address, 1, type=socket.SOCK_STREAM)[0]
resource.setrlimit(resource.RLIMIT_NOFILE, (at_once + 100, hard))
def batch(ports, seconds):
    waiting, found, poll = {}, [], select.epoll()
    for port in ports:
        s = socket.socket(kind); s.setblocking(False); s.connect_ex((*there[:1], port, *there[2:]))
        waiting[s.fileno()] = (s, port); poll.register(s, select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP)
    end = time.monotonic() + seconds
    while waiting and time.monotonic() < end:
        for fd, _event in poll.poll(0.2, 4096):
            s, port = waiting.pop(fd); poll.unregister(s)
            if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0: found.append(port)
            s.close()
    for s, _port in waiting.values(): s.close()
    return found
ports = list(range(first, last + 1))
found = [p for i in range(0, len(ports), at_once) for p in batch(ports[i:i + at_once], 2.5)]
print(*sorted(found))
"""

# Given the host's address and targets "address:port": sends a SYN to each straight to the host's network card, as a
# neighbour of the same segment can, and prints the targets from which a SYN-ACK comes back.
FRAMES = """
import socket, struct, subprocess, sys, time
gate, targets = sys.argv[1], sys.argv[2:]
subprocess.run(["ping", "-c1", "-W1", gate], capture_output=True) if False else socket.socket().connect_ex((gate, 80))
row = next(l.split() for l in open("/proc/net/arp") if l.startswith(gate + " "))
theirs, card = bytes.fromhex(row[3].replace(":", "")), row[5]
mine = bytes.fromhex(open(f"/sys/class/net/{card}/address").read().strip().replace(":", ""))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect((gate, 1)); me = s.getsockname()[0]
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)); raw.bind((card, 0)); raw.settimeout(0.3)
def total(data):
    data += b"\\0" * (len(data) % 2)
    n = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while n >> 16: n = (n & 0xFFFF) + (n >> 16)
    return ~n & 0xFFFF
def frame(address, port, number):
    a, b = socket.inet_aton(me), socket.inet_aton(address)
    tcp = struct.pack("!HHLLBBHHH", number, port, 7, 0, 5 << 4, 2, 1024, 0, 0)
    check = total(a + b + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, number, 0, 64, 6, 0, a, b)
    ip = ip[:10] + struct.pack("!H", total(ip)) + ip[12:]
    return theirs + mine + b"\\x08\\x00" + ip + tcp
sent = {40000 + i: t for i, t in enumerate(targets)}
for _again in range(2):
    for number, target in sent.items():
        address, port = target.rsplit(":", 1)
        raw.send(frame(address, int(port), number))
answered, end = set(), time.monotonic() + 2
while time.monotonic() < end:
    try: data = raw.recv(2048)
    except TimeoutError: continue
    head = 14 + (data[14] & 15) * 4
    if data[23] == 6 and len(data) >= head + 14 and data[head + 13] & 0x12 == 0x12:
        answered.add(sent.get(struct.unpack("!H", data[head + 2:head + 4])[0]))
print(*sorted(answered - {None}))
"""

# Given a source and targets "address,port": prints those that answer.
TRY = """
import socket, sys
for target in sys.argv[2:]:
    address, port = target.rsplit(",", 1)
    try: socket.create_connection((address, int(port)), 2, (sys.argv[1], 0)).close()
    except OSError: continue
    print(target)
"""

# What a neighbour sends by IPv6: "ping", "large" datagrams, "advertise": that it is the router, for fd00:666::/64.
SEND = """
import socket, struct, sys, time
what, address = sys.argv[1:]
there = socket.getaddrinfo(address, 9, socket.AF_INET6)[0][4]
if what == "large":
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for _again in range(3): s.sendto(b"x" * 1400, there); time.sleep(0.3)
    sys.exit()
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6); s.settimeout(3)
card = socket.if_nametoindex("eth0")
if what == "advertise":
    for option in (socket.IPV6_UNICAST_HOPS, socket.IPV6_MULTICAST_HOPS): s.setsockopt(41, option, 255)
    s.setsockopt(41, socket.IPV6_MULTICAST_IF, card)
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + socket.inet_pton(socket.AF_INET6, "fd00:666::")
    s.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix, (address, 0, 0, card))
    sys.exit()
s.connect((there[0], 0, 0, there[3])); s.send(struct.pack("!BBHHH", 128, 0, 0, 7, 1))
while s.recv(999)[0] != 129: pass
print("pong")
"""


def scan(stranger: Host, address: str, ports: str = "1-65535") -> set[int]:
    """Return which TCP ports of an address answer to another host."""
    return {int(word) for word in stranger.run(f"python3 - {address} {ports}", SCAN, timeout=300).split()}


def frames(stranger: Host, gate: str, targets: list[str]) -> set[str]:
    """Return from which "address:port" an answer comes when frames for them are sent to the card of `gate`."""
    return set(stranger.run(f"python3 - {gate} {' '.join(targets)}", FRAMES).split())
