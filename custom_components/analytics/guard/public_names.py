"""Names that everybody knows, so that one of them says nothing of a home that uses it as a secret.

An add-on or a custom integration with such a name is reported although the home has a user, a host
or a password of the same name. All are slugs. Missing is harmless: only in a home that has it as a
secret is the item dropped.
"""

from typing import Final

# What databases, processors and boards call themselves. A single field: without these names here, a
# user called Green would stop all reports of a Home Assistant Green.
_SYSTEM: Final = """
    aarch64 amd64 arm64 armhf armv6 armv6l armv7 armv7l generic_aarch64 generic_x86_64 green
    i386 i486 i586 i686 intel_nuc khadas_vim3 mariadb mssql mysql odroid_c2 odroid_c4 odroid_m1
    odroid_m1s odroid_n2 odroid_xu odroid_xu4 oracle ova postgres postgresql qemuarm qemuarm_64
    qemux86 qemux86_64 raspberrypi raspberrypi2 raspberrypi3 raspberrypi3_64 raspberrypi4
    raspberrypi4_64 raspberrypi5_64 riscv64 rpi rpi0 rpi0_2w rpi0_2w_64 rpi0_w rpi2 rpi3 rpi3_64
    rpi4 rpi4_64 rpi5_64 sqlite tinker x86_64 yellow yellow_cm4 yellow_cm5 yellow_rpi4_64
"""

# Makers with a name that devices of somebody could have: those of Philip.
_MAKERS: Final = "jacobs philips siemens"

_WORDS: Final = """
    access account address admin administrator alarm alias analytics android api app apps assist
    assistant auth automation automations backup backups base basic beta block blue bridge
    broker browser building bus business button calendar cam camera cameras car cast center
    central charger chat chrome client clock cloud code common community config configuration
    connect control controller core custom dashboard data database debug default demo desktop
    dev develop developer development device devices disabled display docker domain domoticz
    door downstairs driver edge email enabled energy entities entity error explorer external
    false family fan files firmware flat floor free garage garden gateway generic green group
    guest guests haos hass hassio hassos heat heating hello help helper helpers hidden history
    home home_assistant home_server homeassistant homes homeserver host house household http
    https hub image images info input integration integrations internal internet iphone kids
    kiosk kitchen label lamp laptop latest light lights living_room local localhost location
    login main manager map master media meter mobile mode model monitor monitoring motion music
    name network nightly node none notify null office online open other outdoor owner panel
    parent parents pass password patch pets phone plant plants player plug pool power print
    printer private production project proxy public python radio read recorder release remote
    reports root router safe sample scene scripts secret secrets security sensor sensors server
    servers service services share shared shell shop smart smart_home smarthome socket solar
    sound speaker speakers stable staging standard start status storage stream student sun
    supervisor support switch switches system tablet temp template terminal test tester testing
    tests text theme time timer token tools tracker true tunnel undefined unknown update updates
    upload upstairs user username users value version video view virtual voice wall washer water
    weather web webhook website welcome wifi window windows work worker world yard zone
"""

_ADDONS: Final = """
    adb adguard aircast airsonos alarmserver almond amule android_debug_bridge apache appdaemon
    appdaemon3 appdaemon4 assist_microphone asterisk baby_buddy bashio bazarr beets bitwarden
    bookstack borg_backup browserless calibre calibre_web cec_scanner changedetection
    check_config chrony cloudflare cloudflared code_server collabora conbee configurator
    control_panel crowdsec dashticz deconz deepstack dex dhcp_server diyhue dlna dnsmasq
    docker_mailserver docker_wyze_bridge doods doods2 double_take dozzle dsmr_reader duck_dns
    duckdns ebusd ecowitt2mqtt elasticsearch emby emqx emulated_hue enedisgateway2mqtt esphome
    esphome_beta esphome_dev eufy_security_ws ev_smart_charging evcc everything_presence_addons
    exim_relay explorer filebrowser fileflows filezilla firefly_iii firefox flaresolverr fluidd
    folding_at_home frigate frigate_beta frigate_fa frigate_proxy ftp git_pull gitea gitlab
    glances go2rtc go_cast google_assistant google_drive_backup grafana graylog grocy grott
    guacamole ha_bambulab ha_fusion ha_sip happy_bubbles hass_configurator hass_io
    hassio_access_point hassio_addons hassio_google_drive_backup hassio_onedrive_backup heimdall
    home_assistant_google_drive_backup home_mind home_panel homebox homebridge homegear
    homematic homepage homer homeseer huawei_solar immich influxdb influxdb2 invoiceninja
    iobroker jackett jdownloader jellyfin joplin jupyterlab jupyterlablite kiwix knxd kodi komga
    krakend lastpass letsencrypt lidarr linkwarden llama local_llm log_viewer
    logitech_media_server logviewer loki lutron_cert lyrion_music_server mail_server mailcow
    maloja mariadb matrix matter_server matterbridge matterhub mealie meshcentral metube
    minecraft_bedrock_server minidlna mjpg_streamer monica mosquitto mosquitto_broker motioneye
    mqtt mqtt_explorer mqtt_io multus music_assistant music_assistant_beta
    music_assistant_nightly myelectricaldata mympd mysql navidrome nextcloud nginx nginx_proxy
    nginx_proxy_manager nginxproxymanager ngrok node_red nodered nordpool novnc ntfy ntopng nut
    nzbget nzbhydra ollama omada omada_controller ombi omv onlyoffice open_webui openhab
    openldap openspeedtest openthread_border_router openvpn openwakeword otbr overseerr owncloud
    owntracks paperless paperless_ng paperless_ngx passbolt phoscon photoprism phpmyadmin
    pi_hole pihole piper piwigo planka plex plex_media_server plexms podgrab portainer
    portainer_agent postfix postgres postgres_latest predbat prometheus promtail prowlarr
    proxmox prusa_connect qbittorrent quassel radarr readarr redis remote_backup remote_desktop
    requestrr resiliosync rhasspy rhasspy_assistant ring_mqtt rpc_shutdown rsync rtl433 rtl_433
    rtl_433_mqtt_autodiscovery rtlamr2mqtt rtsp_to_webrtc rtsptoweb sabnzbd samba samba_backup
    samba_nas samba_share scrutiny scrypted seafile sickchill signal_messenger signalk
    silabs_flasher silabs_multiprotocol simple_scheduler simplescheduler sinusbot
    slzb_os_zigbee_hub snapcast snapcast_server snapclient snips snowflake social_to_mealie
    solaredge2mqtt solis sonarr sonoff_lan sonweb speech_to_phrase speedtest spotify
    spotify_connect sqlite_web sqliteweb squeezelite ssh ssh_terminal stirling_pdf sunsynk supla
    syncthing tailscale tandoor_recipes tasmoadmin tasmobackup tautulli tdarr teamspeak telegraf
    tellstick terminal terminal_ssh terraria tesla_ble_mqtt tesla_http_proxy teslamate
    theengs_gateway tor torrserver traccar traefik transmission trilium ubooquity ucontrol unifi
    unifi_controller unifi_network_application uptime_kuma valetudo vaultwarden
    vaultwarden_backup victoria_metrics virtual_keyboard visual_studio_code vlc volvo2mqtt vosk
    vpn_server vscode wallabag wallpanel watchtower webtop webtop_kde wg_easy whisper whoogle
    wireguard wireguard_client wordpress wyoming_whisper wyze_bridge xteve zabbix zerotier
    zerotier_one zigate2mqtt zigbee2mqtt zigbee2mqtt_edge zigbee2mqtt_proxy zigstar zoneminder
    zwave_js zwave_js_ui zwavejs zwavejs2mqtt
"""

_CUSTOM_INTEGRATIONS: Final = """
    aarlo acinfinity adaptive_lighting afvalbeheer afvalwijzer ai_automation_suggester
    airzone_cloud alarmo alexa_media alphaess anycubic_cloud apsystems_ecu_reader area_occupancy
    attributes auto_areas auto_backup average awtrix badnest bambu_lab battery_notes battery_sim
    battery_state_card bermuda better_thermostat better_thermostat_ui ble_monitor bodymiscale
    bosch_homecom bouncie browser_mod bubble_card bureau_of_meteorology cable_modem_monitor
    card_mod cardata cover_rf_time_based cryptoinfo custom_icons daikin_onecta deebot
    dirigera_platform dreame_vacuum dreo dwains_dashboard dyson_local ecoflow_cloud ecowitt_iot
    edgeos electricity_maps electrolux_status emby_media emporia_vue energa_mobile
    energi_data_service energidataservice entso_e entsoe epex_spot eufy_security
    ev_smart_charging extended_openai_conversation ferroamp fitbit_web fontawesome fordpass
    foxess frigate fullykiosk garbage_collection gardena_smart_system garmin_connect gas_buddy
    gismeteo goldair_climate google_find_my google_home govee govee_cloud govee_lan gpodder
    growatt_local gtfs2 ha_fusion hacs haier halinkplus hass_agent hdfury heatmiserneo hekr hilo
    homeconnect_ws hon huawei_solar hubitat icalendar icloud3 ideenergy imou_life influx_query
    iopool jullix keymaster kleenex_pollenradar landroid_cloud ledfx lennoxs30 lg_thinq
    libre_view linky llmvision local_luftdaten localtuya lunar_phase magic_areas
    mail_and_packages mammotion mediarr meross_cloud meross_lan mikrotik_router monitor_docker
    moonraker mqtt_discoverystream mqtt_vacuum_camera multiscrape mushroom my_rail_commute
    mypyllant nest_protect ngenic node_red nodered nordpool nordpool_planner nwsalerts ocpp
    octopus_energy oig_cloud omada open_epaper_link openai_tts opencarwings openhasp
    openplantbook opensprinkler pfsense philips_airpurifier_coap pirate_weather pirateweather
    places plant polestar_api powercalc pp_reader presence_simulation pronote proscenic
    pun_sensor pyscript qweather ramses_cc rct_power reolink_dev resideo samsungtv_smart
    samsungtv_tizen scheduler sensi sensor_group shellies shelly_cloud simple_pid_controller
    smartcocoon smarthashtag smartir smartrent smartthinq_sensors solarman solax_modbus
    solcast_solar sonoff sonos_cloud spook spotcast spotifyplus stiebel_eltron_isg sun2 sunspec
    sunsynk_solark swemail systemair tapo tapo_control tauron_amiplus teamtracker tesla_custom
    thermal_comfort thinqconnect ticktick todoist_tasks toyota trakt tuya_ble tuya_local
    ui_lovelace_minimalist unfoldedcircle unifi_access unifi_voucher unifigateway uponor
    utility_costs utility_meter_next_gen variable versatile_thermostat vicare_plus victron vimar
    vivosmart volkswagen_we_connect_id volkswagencarnet volvo2mqtt volvo_cars
    waste_collection_schedule watchman wattpilot weatheralerts weathercom weatherflow_forecast
    weback_vacuum webrtc weenect wiser wundergroundpws xiaomi_cloud_map_extractor
    xiaomi_gateway3 xiaomi_home xiaomi_miio_airpurifier xiaomi_miot xiaomi_vacuum yahoofinance
    yandex_smart_home yandex_station your_spotify zaptec zha_toolkit zonneplan_one zwift
"""

PUBLIC_NAMES: Final = frozenset(
    f"{_SYSTEM} {_MAKERS} {_WORDS}{_ADDONS}{_CUSTOM_INTEGRATIONS}".split()
)
