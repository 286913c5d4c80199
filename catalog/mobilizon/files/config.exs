# What the image's variables cannot say. Read last, over the configuration of the image.
import Config
import_config "/etc/mobilizon/config.exs"

# No search at search.joinmobilizon.org on behalf of visitors.
config :mobilizon, :search, global: [is_default_search: false, is_enabled: false]

# Time zones come with the image, not from the internet.
config :tzdata, :autoupdate, :disabled
