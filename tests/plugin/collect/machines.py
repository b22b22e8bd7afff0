"""Machines as they show themselves: their files, variables and answers, and what to make of them.

Each also has what must not be told: names, serial numbers and addresses, in files that are not to
be read and between the lines of those that are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from custom_components.analytics.collect.detect_virt import Question
from custom_components.analytics.collect.machine import Machine, Place, Uname
from custom_components.analytics.tiers.facts import (
    Environment,
    Found,
    Hardware,
    KernelFound,
    OperatingSystem,
    Python,
    SystemFound,
)

SERIAL: Final = "10000000c0ffee42"
NAME: Final = "nas-keller"
MAC: Final = "dc:a6:32:c0:ff:ee"
ADDRESS: Final = "10.43.7.1"
PRIVATE: Final = (SERIAL, NAME, MAC, ADDRESS, "keller", "c0ffee", "10.43", "dc:a6")
# Not to be read, on whatever machine.
FORBIDDEN: Final = {
    "etc/hostname": f"{NAME}\n",
    "etc/hosts": f"{ADDRESS} {NAME}\n",
    "etc/machine-id": f"{SERIAL * 2}\n",
    "proc/self/mountinfo": f"1 2 0:1 / /media rw - nfs {NAME}:/volume1 rw\n",
    "proc/sys/kernel/hostname": f"{NAME}\n",
    "proc/device-tree/serial-number": f"{SERIAL}\0",
    "sys/class/dmi/id/product_serial": f"{SERIAL}\n",
    "sys/class/dmi/id/product_uuid": f"{SERIAL}\n",
    "sys/class/dmi/id/board_serial": f"{SERIAL}\n",
    "sys/class/dmi/id/board_asset_tag": f"{NAME}\n",
    "sys/class/dmi/id/chassis_serial": f"{SERIAL}\n",
    "sys/class/dmi/id/chassis_asset_tag": f"{NAME}\n",
    "sys/class/net/eth0/address": f"{MAC}\n",
    "sys/hypervisor/uuid": f"{SERIAL}\n",
    "run/cloud-init/instance-data.json": f'{{"hostname": "{NAME}"}}\n',
}
PYTHON: Final = Python(version="3.13.9")


def os_release(key: str, version: str | None = None, like: str | None = None) -> str:
    """Return a file as systems have it, of one that somebody has given a name to."""
    rows = {
        "PRETTY_NAME": f'"{NAME}"',
        "NAME": f"'{NAME}'",
        "ID": key,
        "ID_LIKE": like and f'"{like}"',
        "VERSION_ID": version and f'"{version}"',
        "VERSION": f'"{ADDRESS}"',
        "HOME_URL": f'"https://{NAME}.local/"',
        "DEFAULT_HOSTNAME": NAME,
    }
    return "# ours\n" + "".join(f"{key}={value}\n" for key, value in rows.items() if value)


def cpuinfo(*flags: str) -> str:
    return f"processor\t: 0\nmodel name\t: {NAME}\nflags\t\t: fpu vme {' '.join(flags)} lahf_lm\n"


def dmi(vendor: str, product: str, board: str = "", bios: str = "") -> dict[str, str]:
    return {
        Place.VENDOR: f"{vendor}\n",
        Place.PRODUCT: f"{product}\n",
        Place.BOARD_VENDOR: f"{board or vendor}\n",
        Place.BIOS_VENDOR: f"{bios or vendor}\n",
    }


def meminfo(kib: int) -> str:
    return f"MemTotal:       {kib} kB\nMemFree:          204932 kB\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """What a machine shows, and what it is."""

    files: Mapping[str, str]
    uname: Uname
    expected: Environment
    variables: Mapping[str, str] = field(default_factory=dict)
    detect_virt: Mapping[Question, str] = field(default_factory=dict)
    cores: int | None = 4
    memory: int | None = None
    supervised: OperatingSystem | None = None

    def at(self, root: Path) -> Machine:
        """Write its files below a root folder."""
        for name, text in {**FORBIDDEN, **self.files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Machine(
            root=root,
            variables=self.variables,
            uname=lambda: self.uname,
            cores=lambda: self.cores,
            memory=lambda: self.memory,
            detect_virt=lambda question: self.detect_virt.get(question, ""),
        )


def linux(release: str, machine: str = "x86_64") -> Uname:
    return Uname(system="Linux", release=release, machine=machine)


def kernel(version: str | None, name: str = "Linux") -> KernelFound:
    return KernelFound(name=name, version=version, detection="uname")


def found(name: str, detection: str) -> Found:
    return Found(name=name, detection=detection)


def system(
    key: str,
    name: str,
    version: str | None,
    like: str | None = None,
    detection: str = "os-release",
) -> SystemFound:
    return SystemFound(name=name, version=version, id=key, id_like=like, detection=detection)


ALPINE: Final = os_release("alpine", "3.21.3")
ON_ALPINE: Final = system("alpine", "Alpine Linux", "3.21.3")
DEBIAN: Final = os_release("debian", "12")
ON_DEBIAN: Final = system("debian", "Debian GNU/Linux", "12")
UBUNTU: Final = os_release("ubuntu", "24.04", "debian")
ON_UBUNTU: Final = system("ubuntu", "Ubuntu", "24.04", "debian")
X86_64: Final = found("x86_64", "uname")
AARCH64: Final = found("aarch64", "uname")
NOTHING_FOUND: Final = found("unknown", "none")
NO_SYSTEM: Final = system("unknown", "unknown", None, detection="none")
CONTAINER_ID: Final = SERIAL * 4

MACHINES: Final[Mapping[str, Captured]] = {
    "Docker on Debian": Captured(
        files={
            Place.OS_RELEASE: ALPINE,
            Place.HOST_OS_RELEASE: DEBIAN,
            Place.DOCKERENV: "",
            Place.INIT_CGROUP: "0::/\n",
            Place.CPUINFO: cpuinfo("vmx"),
            Place.MEMINFO: meminfo(16_199_156),
            **dmi("Intel(R) Client Systems", "NUC8i3BEH", bios="Intel Corp."),
        },
        uname=linux(f"6.1.0-28-amd64-{NAME}"),
        variables={"HOSTNAME": NAME},
        expected=Environment(
            system=ON_ALPINE,
            host_system=system("debian", "Debian GNU/Linux", "12", detection="host-os-release"),
            kernel=kernel("6.1.0"),
            architecture=X86_64,
            virtualization=found("none", "cpuinfo"),
            container=found("docker", "dockerenv"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=16),
        ),
    ),
    "Docker by its cgroup": Captured(
        files={
            Place.OS_RELEASE: ALPINE,
            Place.INIT_CGROUP: f"12:pids:/docker/{CONTAINER_ID}\n0::/docker/{CONTAINER_ID}\n",
        },
        uname=linux("4.19.0-27-arm64", "aarch64"),
        expected=Environment(
            system=ON_ALPINE,
            host_system=None,
            kernel=kernel("4.19.0"),
            architecture=AARCH64,
            virtualization=NOTHING_FOUND,
            container=found("docker", "cgroup"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    "Podman": Captured(
        files={
            Place.OS_RELEASE: ALPINE,
            Place.CONTAINERENV: f'engine="podman-5.3.1"\nname="{NAME}"\nid="{SERIAL}"\n',
            Place.INIT_CGROUP: "0::/\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.CLOCKSOURCES: "kvm-clock tsc acpi_pm \n",
            Place.MEMINFO: meminfo(8_125_000),
            **dmi("QEMU", "Standard PC (Q35 + ICH9, 2009)", bios="SeaBIOS"),
        },
        uname=linux("6.11.10-300.fc41.x86_64"),
        variables={"container": "podman", "HOSTNAME": NAME},
        expected=Environment(
            system=ON_ALPINE,
            host_system=None,
            kernel=kernel("6.11.10"),
            architecture=X86_64,
            virtualization=found("kvm", "clocksource"),
            container=found("podman", "containerenv"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=8),
        ),
    ),
    "LXC on Proxmox": Captured(
        files={
            Place.OS_RELEASE: DEBIAN,
            Place.CONTAINER: "lxc",
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("vmx"),
            Place.MEMINFO: meminfo(2_097_152),
            **dmi("LENOVO", "10MQS0X000", bios="LENOVO"),
        },
        uname=linux("6.8.12-4-pve"),
        detect_virt={"vm": "none", "container": "lxc"},
        cores=2,
        expected=Environment(
            system=ON_DEBIAN,
            host_system=None,
            kernel=kernel("6.8.12"),
            architecture=X86_64,
            virtualization=found("none", "systemd-detect-virt"),
            container=found("lxc", "container-manager"),
            python=PYTHON,
            hardware=Hardware(cores=2, memory=2),
        ),
    ),
    "LXC by its first process": Captured(
        files={
            Place.OS_RELEASE: ALPINE,
            Place.INIT_VARIABLES: f"DB_PASSWORD={NAME}\0container=lxc\0TERM=linux\0",
            Place.INIT_CGROUP: f"0::/lxc.payload.{NAME}\n",
            Place.CPUINFO: cpuinfo("svm"),
        },
        uname=linux("6.8.12-4-pve"),
        expected=Environment(
            system=ON_ALPINE,
            host_system=None,
            kernel=kernel("6.8.12"),
            architecture=X86_64,
            virtualization=found("none", "cpuinfo"),
            container=found("lxc", "init-environment"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    "Kubernetes pod": Captured(
        files={
            Place.OS_RELEASE: ALPINE,
            Place.INIT_CGROUP: f"11:memory:/kubepods/besteffort/pod{SERIAL}/{CONTAINER_ID}\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.CLOCKSOURCES: "kvm-clock tsc acpi_pm \n",
            Place.MEMINFO: meminfo(32_463_000),
            **dmi("Amazon EC2", "m5.2xlarge"),
        },
        uname=linux("5.10.230-223.885.amzn2.x86_64"),
        variables={"KUBERNETES_SERVICE_HOST": ADDRESS, "KUBERNETES_PORT": f"tcp://{ADDRESS}:443"},
        cores=8,
        expected=Environment(
            system=ON_ALPINE,
            host_system=None,
            kernel=kernel("5.10.230"),
            architecture=X86_64,
            virtualization=found("amazon", "dmi"),
            container=found("kubernetes", "kubernetes-variables"),
            python=PYTHON,
            hardware=Hardware(cores=8, memory=32),
        ),
    ),
    "systemd-nspawn": Captured(
        files={
            Place.OS_RELEASE: DEBIAN,
            Place.HOST_OS_RELEASE_OF_MANAGER: os_release("arch"),
            Place.CONTAINER_MANAGER: "systemd-nspawn\n",
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("svm"),
            Place.MEMINFO: meminfo(65_771_000),
        },
        uname=linux("6.12.1-arch1-1"),
        cores=16,
        expected=Environment(
            system=ON_DEBIAN,
            host_system=system("arch", "Arch Linux", None, detection="host-os-release"),
            kernel=kernel("6.12.1"),
            architecture=X86_64,
            virtualization=found("none", "cpuinfo"),
            container=found("systemd-nspawn", "container-manager"),
            python=PYTHON,
            hardware=Hardware(cores=16, memory=64),
        ),
    ),
    "KVM with Home Assistant OS": Captured(
        files={
            Place.OS_RELEASE: ALPINE,
            Place.DOCKERENV: "",
            Place.INIT_CGROUP: "0::/\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.CLOCKSOURCES: "kvm-clock tsc acpi_pm \n",
            Place.MEMINFO: meminfo(4_014_592),
            **dmi("QEMU", "Standard PC (i440FX + PIIX, 1996)", bios="EFI Development Kit II"),
        },
        uname=linux("6.6.73-haos"),
        variables={"SUPERVISOR": ADDRESS, "SUPERVISOR_TOKEN": SERIAL, "HOSTNAME": NAME},
        cores=2,
        supervised=OperatingSystem(board="ova", version="15.2"),
        expected=Environment(
            system=ON_ALPINE,
            host_system=system("haos", "Home Assistant OS", "15.2", detection="supervisor"),
            kernel=kernel("6.6.73"),
            architecture=X86_64,
            virtualization=found("kvm", "clocksource"),
            container=found("docker", "dockerenv"),
            python=PYTHON,
            hardware=Hardware(cores=2, memory=4),
        ),
    ),
    "VMware": Captured(
        files={
            Place.OS_RELEASE_OF_VENDOR: UBUNTU,
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.CLOCKSOURCES: "tsc acpi_pm \n",
            Place.MEMINFO: meminfo(4_005_000),
            **dmi(
                "VMware, Inc.",
                "VMware Virtual Platform",
                board="Intel Corporation",
                bios="Phoenix Technologies LTD",
            ),
        },
        uname=linux("6.8.0-49-generic"),
        expected=Environment(
            system=ON_UBUNTU,
            host_system=None,
            kernel=kernel("6.8.0"),
            architecture=X86_64,
            virtualization=found("vmware", "dmi"),
            container=found("none", "cgroup"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=4),
        ),
    ),
    "Hyper-V": Captured(
        files={
            Place.OS_RELEASE: os_release("fedora", "41"),
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.MEMINFO: meminfo(6_100_000),
            **dmi("Microsoft Corporation", "Virtual Machine"),
        },
        uname=linux("6.11.4-301.fc41.x86_64"),
        expected=Environment(
            system=system("fedora", "Fedora Linux", "41"),
            host_system=None,
            kernel=kernel("6.11.4"),
            architecture=X86_64,
            virtualization=found("microsoft", "dmi"),
            container=found("none", "cgroup"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=4),
        ),
    ),
    "VirtualBox": Captured(
        files={
            Place.OS_RELEASE: os_release("linuxmint", "22", "ubuntu debian"),
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.CLOCKSOURCES: "kvm-clock tsc acpi_pm \n",
            **dmi("innotek GmbH", "VirtualBox", board="Oracle Corporation"),
        },
        uname=linux("6.8.0-38-generic"),
        memory=2_086_000_000,
        expected=Environment(
            system=system("linuxmint", "Linux Mint", "22", "ubuntu"),
            host_system=None,
            kernel=kernel("6.8.0"),
            architecture=X86_64,
            virtualization=found("oracle", "dmi"),
            container=found("none", "cgroup"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=2),
        ),
    ),
    "Xen": Captured(
        files={
            Place.OS_RELEASE: os_release("rocky", "9.5", "rhel centos fedora"),
            Place.HYPERVISOR: "xen\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
        },
        uname=linux("5.14.0-503.14.1.el9_5.x86_64"),
        expected=Environment(
            system=system("rocky", "Rocky Linux", "9.5", "rhel"),
            host_system=None,
            kernel=kernel("5.14.0"),
            architecture=X86_64,
            virtualization=found("xen", "hypervisor"),
            container=NOTHING_FOUND,
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    "bare metal": Captured(
        files={
            Place.OS_RELEASE: DEBIAN,
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("vmx"),
            Place.MEMINFO: meminfo(7_938_000),
            **dmi("Dell Inc.", "OptiPlex 3060"),
        },
        uname=linux("6.1.0-28-amd64"),
        detect_virt={"vm": "none", "container": "none"},
        cores=6,
        expected=Environment(
            system=ON_DEBIAN,
            host_system=None,
            kernel=kernel("6.1.0"),
            architecture=X86_64,
            virtualization=found("none", "systemd-detect-virt"),
            container=found("none", "systemd-detect-virt"),
            python=PYTHON,
            hardware=Hardware(cores=6, memory=8),
        ),
    ),
    "bare metal of a maker of hypervisors": Captured(
        files={
            Place.OS_RELEASE: os_release("keller-os", "12.4", "keller debian"),
            Place.INIT_CGROUP: "0::/\n",
            Place.CPUINFO: cpuinfo("vmx"),
            Place.CLOCKSOURCES: "tsc hpet acpi_pm \n",
            **dmi("Google", "Rammus", bios="coreboot"),
        },
        uname=linux("keller", "keller"),
        expected=Environment(
            system=system("other", "other", None, "debian"),
            host_system=None,
            kernel=kernel(None),
            architecture=found("other", "uname"),
            virtualization=NOTHING_FOUND,
            container=NOTHING_FOUND,
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    # 32-bit programs on a 64-bit kernel, as these boards had for years.
    "Raspberry Pi": Captured(
        files={
            Place.OS_RELEASE: os_release("raspbian", "12", "debian"),
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.DEVICE_TREE: "raspberrypi,4-model-b\0brcm,bcm2711\0",
            Place.CPUINFO: f"processor\t: 0\n\nHardware\t: BCM2835\nSerial\t\t: {SERIAL}\n",
            Place.MEMINFO: meminfo(3_884_368),
        },
        uname=linux("6.6.51+rpt-rpi-v8", "aarch64"),
        expected=Environment(
            system=system("raspbian", "Raspbian GNU/Linux", "12", "debian"),
            host_system=None,
            kernel=kernel("6.6.51"),
            architecture=AARCH64,
            virtualization=found("none", "device-tree"),
            container=found("none", "cgroup"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=4),
        ),
    ),
    "virtual board": Captured(
        files={
            Place.OS_RELEASE: UBUNTU,
            Place.DEVICE_TREE: "linux,dummy-virt\0",
            Place.DEVICE_TREE_HYPERVISOR: "linux,kvm\0",
        },
        uname=linux("6.8.0-49-generic", "aarch64"),
        expected=Environment(
            system=ON_UBUNTU,
            host_system=None,
            kernel=kernel("6.8.0"),
            architecture=AARCH64,
            virtualization=found("kvm", "device-tree"),
            container=NOTHING_FOUND,
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    "WSL 2": Captured(
        files={
            Place.OS_RELEASE: UBUNTU,
            Place.INIT_CGROUP: "0::/init.scope\n",
            Place.CPUINFO: cpuinfo("hypervisor"),
            Place.CLOCKSOURCES: "tsc hyperv_clocksource_tsc_page acpi_pm \n",
            Place.MEMINFO: meminfo(7_974_000),
        },
        uname=linux("5.15.167.4-microsoft-standard-WSL2"),
        variables={"WSL_DISTRO_NAME": NAME, "NAME": NAME},
        detect_virt={"vm": "microsoft", "container": "wsl"},
        cores=12,
        expected=Environment(
            system=ON_UBUNTU,
            host_system=None,
            kernel=kernel("5.15.167"),
            architecture=X86_64,
            virtualization=found("wsl", "kernel-version"),
            container=found("wsl", "kernel-version"),
            python=PYTHON,
            hardware=Hardware(cores=12, memory=8),
        ),
    ),
    "WSL 1": Captured(
        files={Place.OS_RELEASE: UBUNTU},
        uname=linux("4.4.0-19041-Microsoft"),
        expected=Environment(
            system=ON_UBUNTU,
            host_system=None,
            kernel=kernel("4.4.0"),
            architecture=X86_64,
            virtualization=found("none", "kernel-version"),
            container=found("wsl", "kernel-version"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    "Docker on WSL 2": Captured(
        files={Place.OS_RELEASE: ALPINE, Place.DOCKERENV: ""},
        uname=linux("5.15.167.4-microsoft-standard-WSL2"),
        expected=Environment(
            system=ON_ALPINE,
            host_system=None,
            kernel=kernel("5.15.167"),
            architecture=X86_64,
            virtualization=found("wsl", "kernel-version"),
            container=found("docker", "dockerenv"),
            python=PYTHON,
            hardware=Hardware(cores=4, memory=None),
        ),
    ),
    "macOS": Captured(
        files={
            Place.MACOS: '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n'
            "\t<key>ProductName</key>\n\t<string>macOS</string>\n"
            f"\t<key>BuildID</key>\n\t<string>{SERIAL}</string>\n"
            "\t<key>ProductVersion</key>\n\t<string>15.1.1</string>\n</dict>\n</plist>\n"
        },
        uname=Uname(system="Darwin", release="24.1.0", machine="arm64"),
        cores=10,
        memory=17_179_869_184,
        expected=Environment(
            system=system("macos", "macOS", "15.1.1", detection="system-version"),
            host_system=None,
            kernel=kernel("24.1.0", "Darwin"),
            architecture=AARCH64,
            virtualization=NOTHING_FOUND,
            container=found("none", "uname"),
            python=PYTHON,
            hardware=Hardware(cores=8, memory=16),
        ),
    ),
    "nothing at all": Captured(
        files={},
        uname=Uname(system="", release="", machine=""),
        cores=None,
        expected=Environment(
            system=NO_SYSTEM,
            host_system=None,
            kernel=KernelFound(name="unknown", version=None, detection="none"),
            architecture=NOTHING_FOUND,
            virtualization=NOTHING_FOUND,
            container=NOTHING_FOUND,
            python=PYTHON,
            hardware=Hardware(cores=None, memory=None),
        ),
    ),
}
