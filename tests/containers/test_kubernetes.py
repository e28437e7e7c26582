"""The Kubernetes files: what kustomize makes of them keeps to Kubernetes' own schemas. Their behaviour is not run anywhere."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from services.contracts.streams import STREAM_BY_NAME
from tests.containers.images import CHECKOUT

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1_800)]

FILES = CHECKOUT / "deploy" / "kubernetes"
OVERLAYS = ("sqlite", "postgresql-keda")
VERSIONS = ("1.31", "1.37")
NO_DIGESTS = "CKV_K8S_43"  # the overlay names the operator's own registry and tag; a digest is theirs to pin
READ_YAML = "import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)"
SERVICES = ("ingest", "normalize", "store")

SCALED_OBJECT = {
    "scaleTargetRef": dict,
    "pollingInterval": int,
    "cooldownPeriod": int,
    "minReplicaCount": int,
    "maxReplicaCount": int,
    "fallback": dict,
    "triggers": list,
}
REDIS_STREAMS = {
    *(
        "address",
        "host",
        "port",
        "addressFromEnv",
        "stream",
        "consumerGroup",
        "lagCount",
        "activationLagCount",
    ),
    *("pendingEntriesCount", "streamLength", "databaseIndex", "enableTLS", "unsafeSsl", "usernameFromEnv"),
    "passwordFromEnv",
}
MEASURES = {"lagCount", "pendingEntriesCount", "streamLength"}
"""The fields that KEDA's scaler for Redis streams reads, and those of which exactly one may be set."""


def rendered(tools: Path, overlay: str) -> str:
    """The overlay as `kubectl apply -k` would send it."""
    command = [str(tools / "kubectl"), "kustomize", str(FILES / "overlays" / overlay)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def objects_of(tools: Path, overlay: str) -> list[dict[str, Any]]:
    """The same as objects."""
    read = [str(tools / "python"), "-c", READ_YAML]
    done = subprocess.run(
        read, input=rendered(tools, overlay), capture_output=True, text=True, check=True, timeout=60
    )
    return [one for one in json.loads(done.stdout) if one]


def of_kind(objects: Iterable[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_keeps_to_the_schema_of_its_kind(
    tools: Path, tmp_path: Path, overlay: str, version: str
) -> None:
    file = tmp_path / "rendered.yaml"
    file.write_text(rendered(tools, overlay))
    command = [str(tools / "kubernetes-validate"), "--strict", "--kubernetes-version", version, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    unknown = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("WARN")]
    strangers = [line for line in unknown if "keda.sh/v1alpha1" not in line]
    assert strangers == [], "the tool only warns of a kind it does not know; KEDA's are checked below"
    assert bool(unknown) == (overlay == "postgresql-keda")


def test_the_objects_keep_the_rules_of_a_security_linter(tools: Path, tmp_path: Path) -> None:
    """Of both overlays at once: the linter takes longer to start than to read."""
    files = [tmp_path / f"{overlay}.yaml" for overlay in OVERLAYS]
    for file in files:
        file.write_text(rendered(tools, file.stem))
    command = [str(tools / "checkov"), "--skip-download", "--quiet", "--compact", "--framework", "kubernetes"]
    command += ["--skip-check", NO_DIGESTS, "-f", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3_000:]


def test_autoscaling_asks_for_the_lag_of_a_declared_group_and_never_goes_to_none(tools: Path) -> None:
    objects = objects_of(tools, "postgresql-keda")
    deployments, logins = of_kind(objects, "Deployment"), of_kind(objects, "TriggerAuthentication")
    scaled = of_kind(objects, "ScaledObject")
    assert set(scaled) == {"normalize", "store"}
    for name, one in scaled.items():
        assert faults_of_scaled_object(one) == []
        spec = one["spec"]
        assert spec["scaleTargetRef"] == {"name": name}
        assert "replicas" not in deployments[name]["spec"], "an apply would undo what KEDA decided"
        assert 1 == spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]
        for trigger in spec["triggers"]:
            assert (
                trigger["metadata"]["consumerGroup"] in STREAM_BY_NAME[trigger["metadata"]["stream"]].groups
            )
            assert trigger["authenticationRef"]["name"] in logins


def test_the_check_of_scaled_objects_finds_what_is_wrong(tools: Path) -> None:
    good = of_kind(objects_of(tools, "postgresql-keda"), "ScaledObject")["normalize"]
    for change in ({"lagCount": 200}, {"lagcount": "200"}, {"streamLength": "5"}, {"stream": None}):
        bad = json.loads(json.dumps(good))
        metadata = bad["spec"]["triggers"][0]["metadata"] | change
        bad["spec"]["triggers"][0]["metadata"] = {
            name: value for name, value in metadata.items() if value is not None
        }
        assert faults_of_scaled_object(bad) != [], change
    bad = json.loads(json.dumps(good))
    bad["spec"]["minReplicas"] = bad["spec"].pop("minReplicaCount")
    assert faults_of_scaled_object(bad) != []


def faults_of_scaled_object(one: dict[str, Any]) -> list[str]:
    """What KEDA would refuse, or pass over in silence."""
    spec = one["spec"]
    faults = [f"{name}: unknown" for name in spec if name not in SCALED_OBJECT]
    faults += [
        f"{name}: {kind.__name__} expected"
        for name, kind in SCALED_OBJECT.items()
        if not isinstance(spec.get(name), kind)
    ]
    for trigger in spec["triggers"]:
        metadata = trigger["metadata"]
        faults += [f"{name}: unknown" for name in metadata if name not in REDIS_STREAMS]
        faults += [f"{name}: not a string" for name, value in metadata.items() if not isinstance(value, str)]
        faults += [
            f"{name}: missing" for name in ("stream", "consumerGroup", "address") if not metadata.get(name)
        ]
        if len(MEASURES & set(metadata)) != 1 or "lagCount" not in metadata:
            faults.append("exactly lagCount must be set: the other measures do not see the backlog")
        if trigger["type"] != "redis-streams" or set(trigger) != {"type", "metadata", "authenticationRef"}:
            faults.append(f"not a trigger of redis-streams: {sorted(trigger)}")
    return faults


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_ingest_leaves_the_cluster_and_not_to_private_addresses(tools: Path, overlay: str) -> None:
    policies = of_kind(objects_of(tools, overlay), "NetworkPolicy")
    assert policies["nothing-by-default"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    outward = {
        name: policy
        for name, policy in policies.items()
        if any(
            "ipBlock" in peer
            for rule in policy["spec"].get("egress", ())
            for peer in rule.get("to", ({"ipBlock": 0},))
        )
    }
    assert set(outward) == {"ingest-to-the-web"}
    spec = outward["ingest-to-the-web"]["spec"]
    assert spec["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "ingest"}
    (rule,) = spec["egress"]
    assert {port["port"] for port in rule["ports"]} == {80, 443}
    everywhere = next(peer["ipBlock"] for peer in rule["to"] if peer["ipBlock"]["cidr"] == "0.0.0.0/0")
    assert {
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "100.64.0.0/10",
    } <= set(everywhere["except"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_is_probed_fenced_in_and_may_be_disrupted_one_at_a_time(
    tools: Path, overlay: str
) -> None:
    objects = objects_of(tools, overlay)
    budgets = of_kind(objects, "PodDisruptionBudget")
    for name, deployment in of_kind(objects, "Deployment").items():
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/live"
        assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert budgets[name]["spec"]["maxUnavailable"] == 1
        mounted = [item["key"] for volume in pod["volumes"] for source in volume.get("projected", {}).get("sources", ())
                   for item in source["secret"]["items"]]  # fmt: skip
        assert mounted == [f"redis_{name}_url"], "a service is given its own password, no other"
