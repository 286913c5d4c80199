// Starts Converse on this server alone: nobody types an address, nothing is asked of other sites.
const { domain } = document.body.dataset;

// The association's name instead of a logo, and no links to the makers' site and sponsors, whose pictures would be
// fetched from there. Converse leaves elements alone that are defined before it starts.
const showing = (text) => class extends HTMLElement {
  connectedCallback() {
    this.textContent = text;
  }
};
customElements.define("converse-brand-logo", showing(document.title));
customElements.define("converse-controlbox-navbar", showing(""));
customElements.define("converse-footer", showing("Converse, Prosody"));

await import("/converse/converse.min.js");
converse.initialize({
  i18n: document.documentElement.lang,
  assets_path: "/converse/",
  view_mode: "fullscreen",
  theme: "classic",
  dark_theme: "dracula",
  bosh_service_url: "/http-bind",
  websocket_url: `wss://${location.host}/xmpp-websocket`,
  discover_connection_methods: false,
  locked_domain: domain,
  allow_registration: false,
  locked_muc_domain: "hidden",
  muc_domain: `salons.${domain}`,
  muc_nickname_from_jid: true,
  muc_fetch_members: false,
  muc_search_service: "",
  muc_show_ogp_unfurls: false,
  auto_join_rooms: [`association@salons.${domain}`],
  auto_register_muc_nickname: false,
  archived_messages_page_size: 50,
  embed_3rd_party_media_players: false,
  allowed_image_domains: [location.host],
  allowed_audio_domains: [location.host],
  allowed_video_domains: [location.host],
  fetch_url_headers: false,
  // Messages that the server cannot read would be missing on a member's next device.
  blacklisted_plugins: ["converse-omemo", "converse-omemo-views"],
  clear_messages_on_reconnection: true,
  show_client_info: true,
});
