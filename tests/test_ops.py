"""What lies in ops/ fits what there is: alarms name metrics and are explained, units are units."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from dreamsync_server.cli.supervisor import STOP_S
from dreamsync_server.limits import STORE_STOP_S
from dreamsync_server.telemetry import Telemetry


def rules(checkout: Path) -> list[dict[str, str]]:
    text = (checkout / "ops" / "alerts.yml").read_text("utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def test_every_metric_of_an_alarm_is_told(checkout: Path) -> None:
    told = Telemetry(has_process=False).exposition().decode()

    for rule in rules(checkout):
        for name in re.findall(r"dreamsync_\w+", rule["expr"]):
            assert re.search(rf"^# TYPE {name.removesuffix('_bucket')} ", told, re.M), name


def test_every_alarm_is_in_the_runbook(checkout: Path) -> None:
    told = (checkout / "ops" / "runbook.md").read_text("utf-8")

    for rule in rules(checkout):
        assert f"**{rule['alert']}**" in told


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_units_are_units(checkout: Path) -> None:
    units = sorted((checkout / "ops" / "systemd").glob("*.service"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True, timeout=30
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_waits_longer_than_children_and_store_are_given(checkout: Path) -> None:
    unit = (checkout / "ops" / "systemd" / "dreamsync.service").read_text()
    (told,) = [line for line in unit.splitlines() if line.startswith("TimeoutStopSec=")]
    assert int(told.partition("=")[2]) > STOP_S + STORE_STOP_S


@pytest.mark.parametrize("unit", ["dreamsync", "dreamsync-valkey"])
def test_systemd_never_gives_a_unit_up(checkout: Path, unit: str) -> None:
    text = (checkout / "ops" / "systemd" / f"{unit}.service").read_text()
    before, _, after = text.partition("[Service]")
    assert "\nStartLimitIntervalSec=0\n" in before  # else five quick tries in ten seconds are all
    assert "\nRestart=always\n" in after
