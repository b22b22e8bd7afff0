"""What homes have, most frequent first; how frequent is made up, only its shape is like life."""

from collections.abc import Mapping, Sequence
from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


# What nearly everybody has.
COMMON: Final = _words(
    "sun person zone automation backup met mobile_app radio_browser shopping_list google_translate"
)
# Ever fewer have these.
RARER: Final = _words("""
cast bluetooth mqtt esphome hue dlna_dmr template upnp zha ibeacon homekit spotify tasmota
group input_boolean shelly sonos local_calendar local_todo input_number ipp tuya androidtv_remote
samsungtv systemmonitor homekit_controller version utility_meter unifi matter thread otbr
apple_tv input_select zwave_js reolink workday plex music_assistant webostv wled ping
switchbot timer input_datetime rest fritz synology_dsm broadlink forecast_solar telegram_bot
pi_hole history_stats statistics tplink kodi onvif roborock generic generic_thermostat counter
min_max tado scrape derivative nest fritzbox unifiprotect holiday androidtv command_line
adguard home_connect roku xiaomi_ble ring threshold netatmo xiaomi_miio speedtestdotnet
integration dsmr bthome jellyfin trend roomba moon proximity season feedreader rest_command
ecovacs tailscale uptime google openai_conversation switchbot_cloud nut govee_ble knx alexa_devices
smartthings ecobee lg_thinq yeelight homewizard glances openweathermap tradfri modbus octoprint
xbox playstation_network denonavr enphase_envoy lutron_caseta nuki alert nordpool solaredge
ollama wake_on_lan heos yamaha_musiccast wyoming influxdb time_date uptime_kuma sensibo daikin
tibber remote_calendar fronius qbittorrent imap energyzero buienradar bosch_shc tesla_fleet
homematicip_cloud honeywell vesync somfy_mylink overkiz airthings_ble sabnzbd radarr sonarr
solarlog google_tasks caldav withings waze_travel_time trafikverket_train proxmoxve portainer
deconz rfxtrx husqvarna_automower gdacs simplisafe august yale awair ambient_station tomorrowio
prusalink litterrobot bring mealie todoist nanoleaf lifx twinkly elgato flux_led
wallbox easyenergy growatt_server sma goodwe solax victron_gx myuplink nibe_heatpump
vicare miele whirlpool fujitsu_fglair mill melcloud
aemet meteo_france ipma smhi met_eireann dwd_weather_warnings nws environment_canada
rainbird rachio hydrawise rainmachine opengarage gogogate2 myq bond hunterdouglas_powerview
motion_blinds velux zwave_me enocean insteon isy994 control4 elkm1 konnected alarmdecoder
verisure risco envisalink totalconnect blink doorbird amcrest foscam hikvision motioneye
frontier_silicon bluesound cambridge_audio russound_rio snapcast squeezebox soundtouch volumio
philips_js vizio braviatv panasonic_viera jvc_projector pjlink emby overseerr tautulli lidarr
transmission deluge syncthing nextcloud paperless_ngx qnap freebox huawei_lte netgear asuswrt
mikrotik ddwrt opnsense nextdns cloudflare duckdns namecheapdns dnsip
gree midea airzone fritzbox_callmonitor sia sleepiq eight_sleep oralb iron_os fitbit
life360 owntracks traccar icloud tile geocaching steam_online twitch discord slack
matrix signal_messenger pushover pushbullet ntfy prowl mastodon reddit github gitlab_ci
peco opower electric_kiwi amberelectric aussie_broadband ovo_energy discovergy pvoutput
sensorpush ruuvitag_ble inkbird thermopro govee_light_local aranet airgradient airvisual
purpleair plant flume watergate suez_water aqualogic screenlogic iaqualink poolsense balboa
lamarzocco keymitt_ble dormakaba_dkey loqed tedee schlage igloohome sesame
habitica chess_com lichess minecraft_server pterodactyl fivem lastfm pocketcasts
surepetcare tractive fressnapf_tracker permobil lektrico ohme
""")
CUSTOM: Final = _words("""
hacs browser_mod alarmo frigate localtuya powercalc adaptive_lighting scheduler analytics
waste_collection_schedule better_thermostat solcast_solar battery_notes spook watchman variable
pyscript tapo_control smartthinq_sensors midea_ac_lan dreame_vacuum bambu_lab ble_monitor average
irrigation_unlimited versatile_thermostat xiaomi_miot extended_openai_conversation nodered
sonoff hon mass ui_lovelace_minimalist webrtc tuya_local var ocpp anniversaries garbage_collection
simpleicons fontawesome meross_lan eufy_security ical dwains_dashboard sunsynk_modbus
electrolux_status hildebrandglow_dcc octopus_energy feedparser youtube_music dahua openplantbook
""")
ADDONS: Final = _words("""
core_ssh core_samba core_mosquitto core_configurator a0d7b954_ssh a0d7b954_vscode
5c53de3b_esphome core_matter_server 45df7312_zigbee2mqtt core_openthread_border_router
core_piper core_whisper a0d7b954_nodered cebe7a76_hassio_google_drive_backup core_zwave_js
a0d7b954_adguard core_mariadb core_letsencrypt core_duckdns 9074a9fa_cloudflared
ccab4aaf_frigate a0d7b954_tailscale core_openwakeword a0d7b954_influxdb a0d7b954_grafana
a0d7b954_wireguard core_nginx_proxy a0d7b954_glances a0d7b954_uptime_kuma core_vlc
a0d7b954_phpmyadmin core_deconz d5369777_music_assistant c80c7555_mealie a0d7b954_zerotier
77b2833f_paperless core_dnsmasq db21ed7f_plex 15ef4d2f_jellyfin a0d7b954_unifi
""")
TYPES: Final = {
    "Home Assistant OS": 71,
    "Home Assistant Container": 21,
    "Home Assistant Supervised": 4,
    "Home Assistant Core": 2,
    "Unsupported Third Party Container": 1.5,
    "Unknown": 0.5,
}
COUNTRIES: Final = {
    "US": 24, "DE": 18, "GB": 9, "NL": 8, "FR": 8, "IT": 5, "AU": 4, "CA": 4, "ES": 4, "SE": 3,
    "BE": 3, "PL": 3, "CH": 2, "AT": 2, "NO": 2, "DK": 2, "BR": 2, "CZ": 1.4, "FI": 1.3, "PT": 1.1,
    "ZA": 1, "NZ": 1, "HU": 0.8, "IE": 0.7, "RO": 0.6, "IN": 0.6, "JP": 0.5, "IL": 0.5, "GR": 0.4,
    "UA": 0.4, "SK": 0.3, "SI": 0.3, "SG": 0.3, "AR": 0.2, "MX": 0.2, "TR": 0.2, "CL": 0.2,
    "KR": 0.2, "TW": 0.2, "TH": 0.1, "MY": 0.1, "LT": 0.1, "EE": 0.1, "IS": 0.1, "LU": 0.1,
}  # fmt: skip
STATES: Final = {
    "CA": 12, "TX": 9, "FL": 6, "NY": 5, "WA": 5, "CO": 4, "OH": 4, "PA": 4, "IL": 4, "NC": 4,
    "GA": 3, "VA": 3, "MI": 3, "MN": 3, "MA": 3, "OR": 2, "AZ": 2, "WI": 2, "UT": 2, "MO": 2,
    "TN": 2, "IN": 2, "NJ": 2, "MD": 2, "KS": 1, "NV": 1, "IA": 1, "CT": 1, "NM": 0.4, "AK": 0.2,
}  # fmt: skip
BOARDS: Final = {
    "rpi4-64": 27, "ova": 24, "rpi5-64": 16, "generic-x86-64": 14, "green": 9, "rpi3-64": 4,
    "yellow": 3, "odroid-n2": 1.5, "generic-aarch64": 1, "khadas-vim3": 0.3, "tinker": 0.2,
}  # fmt: skip


def falling(names: Sequence[str], first: float, steepness: float) -> list[tuple[str, float]]:
    """Return the share of homes that have each: the first as told, each later one less."""
    return [(name, first / rank**steepness) for rank, name in enumerate(names, 1)]


INTEGRATIONS: Final = [
    *((name, 0.99 - 0.012 * rank) for rank, name in enumerate(COMMON)),
    *falling(RARER, 0.9, 0.6),
]
CUSTOM_SHARES: Final = falling(CUSTOM, 0.6, 0.95)
ADDON_SHARES: Final = falling(ADDONS, 0.62, 0.7)
ENGINES: Final[Mapping[str, int]] = {"sqlite": 86, "mysql": 11, "postgresql": 3}
