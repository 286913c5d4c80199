-- What differs from Prosody's defaults. The variables come from compose.yaml.
local domain = ENV_XMPP_DOMAIN
local kept = ENV_HISTORY_DAYS .. "d"
local megabyte, day = 1024 * 1024, 24 * 3600

run_as_root = false
daemonize = false
pidfile = "/tmp/prosody.pid"
data_path = "/data"
admin_socket = "/tmp/prosody.sock"
plugin_paths = { "/provisioner/modules" }
-- Failures only: who is there and from where is written nowhere, but for a failed sign-in the address.
log = { warn = "*console" }

modules_enabled = {
  "roster", "saslauth", "disco", "carbons", "pep", "vcard4", "vcard_legacy", "private", "bookmarks", "blocklist",
  "csi_simple", "smacks", "mam", "ping", "time", "user_account_management",
  "bosh", "websocket", "http_altconnect", "http_files",
  "admin_shell", "admin_adhoc", "announce", "invites", "invites_adhoc",
}
-- One association among itself: no exchange with other servers, and no way in but HTTP through the proxy.
modules_disabled = { "s2s" }
c2s_interfaces = { "127.0.0.1" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = false
consider_bosh_secure = true
consider_websocket_secure = true

http_interfaces = { "0.0.0.0" }
http_ports = { 5280 }
https_ports = {}
http_default_host = domain
http_external_url = ENV_XMPP_URL .. "/"
http_paths = { files = "/converse", file_share = "/file_share" }
http_files_dir = "/srv/converse"
-- Whole private networks would not do: visitors of an office come from one, and would all look like the proxy.
trusted_proxies = { "127.0.0.1", ENV_XMPP_PROXY }

-- None: the proxy has the certificate.
certificates = "/etc/prosody/certs"

storage = "internal"
storage_archive_item_limit = 1000000
authentication = "internal_hashed"
admins = { ENV_XMPP_ADMIN .. "@" .. domain }
archive_expires_after = kept
max_archive_query_results = 100
contact_info = { admin = { "mailto:" .. ENV_CONTACT } }

VirtualHost(domain)
  modules_enabled = { "association" }
  invites_page = ENV_XMPP_URL .. "/invitation?t={invite.token}"
  invite_expiry = 7 * day

Component("salons." .. domain)("muc")
  name = ENV_ASSOCIATION
  modules_enabled = { "muc_mam", "archived_only" }
  restrict_room_creation = "local"
  component_admins_as_room_owners = true
  muc_log_expires_after = kept
  -- Members know each other: rooms are listed, last, open at once, and show who speaks.
  muc_room_locking = false
  muc_room_default_public = true
  muc_room_default_persistent = true
  muc_room_default_public_jids = true
  muc_room_default_language = ENV_LANGUAGE

Component("fichiers." .. domain)("http_file_share")
  http_host = domain
  http_file_share_size_limit = ENV_UPLOAD_MB * megabyte
  http_file_share_daily_quota = 10 * ENV_UPLOAD_MB * megabyte
  http_file_share_global_quota = ENV_FILES_GB * 1024 * megabyte
  http_file_share_expires_after = ENV_HISTORY_DAYS * day
  -- Shown in the page; everything else is downloaded.
  http_file_share_safe_file_types = {
    "image/png", "image/jpeg", "image/gif", "image/webp", "audio/*", "video/*", "text/plain",
  }
