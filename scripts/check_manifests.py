"""Checks rendered manifests for what a schema cannot know: completeness, hardening, and who may call whom.

    check_manifests.py RENDERED.yaml
"""

import sys

import yaml

# From left to right: a service may call those before it.
SERVICES = ["identity", "catalog", "targets", "monitoring", "evaluation", "application"]
PER_SERVICE = ["Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "HorizontalPodAutoscaler"]
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"

complaints: list[str] = []


def expect(holds: bool, complaint: str) -> None:
    if not holds:
        complaints.append(complaint)


def selects(selector: dict, labels: dict) -> bool:
    wanted = selector.get("matchLabels", {}).items()
    ranges = selector.get("matchExpressions", [])
    if any(one["operator"] != "In" for one in ranges):
        raise SystemExit(f"only In is understood: {ranges}")
    return all(labels.get(key) == value for key, value in wanted) and all(
        labels.get(one["key"]) in one["values"] for one in ranges
    )


def check_pod(where: str, pod: dict, service: str) -> None:
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    security, own = spec["securityContext"], container["securityContext"]
    expect(spec["automountServiceAccountToken"] is False, f"{where}: mounts an account token")
    expect(spec["enableServiceLinks"] is False, f"{where}: service links collide with HENGJI_ settings")
    expect(security["runAsNonRoot"] is True, f"{where}: may run as root")
    expect(security["seccompProfile"]["type"] == "RuntimeDefault", f"{where}: no seccomp profile")
    expect(own["readOnlyRootFilesystem"] is True, f"{where}: root file system is writable")
    expect(own["allowPrivilegeEscalation"] is False, f"{where}: may gain privileges")
    expect(own["capabilities"]["drop"] == ["ALL"], f"{where}: keeps capabilities")
    expect(container["args"][-1] == service, f"{where}: starts {container['args']}")
    for variable in container.get("env", []):
        expect("valueFrom" not in variable, f"{where}: {variable['name']} may carry a secret")
        if variable["name"].startswith("HENGJI_DATABASE__"):
            own_file = f"HENGJI_DATABASE__{service.upper()}__URL_FILE"
            expect(variable["name"] == own_file, f"{where}: reads {variable['name']}")
    expect(spec["volumes"][0]["secret"]["secretName"] == f"hengji-{service}-secrets", f"{where}: another's secret")


def check_service(found: dict, service: str, drain: int) -> None:
    for kind in PER_SERVICE:
        expect((kind, f"hengji-{service}") in found, f"{service}: no {kind}")
    migration = found.get(("Job", f"hengji-migration-{service}"))
    deployment = found.get(("Deployment", f"hengji-{service}"))
    expect(migration is not None, f"{service}: no migration Job")
    if migration is None or deployment is None:
        return
    check_pod(f"{service} migration", migration["spec"]["template"], service)
    template = deployment["spec"]["template"]
    check_pod(service, template, service)
    container = template["spec"]["containers"][0]
    for probe in ("startupProbe", "livenessProbe"):
        expect(container[probe]["grpc"].get("service", "") == "", f"{service}: {probe} depends on more than the process")
    expect(container["readinessProbe"]["grpc"]["service"] == f"hengji.{service}", f"{service}: readiness of another")
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    expect(template["spec"]["terminationGracePeriodSeconds"] > sleep + drain, f"{service}: killed while draining")
    endpoints = found[("Service", f"hengji-{service}")]["spec"]["selector"]
    expect(endpoints.items() <= template["metadata"]["labels"].items(), f"{service}: Service selects no server")
    jobs = migration["spec"]["template"]["metadata"]["labels"]
    expect(not endpoints.items() <= jobs.items(), f"{service}: Service selects the migration")


def check_calls(policies: list[dict]) -> None:
    """A call is possible when a policy lets it out of the caller and a policy lets it into the callee."""

    def opened(direction: str, peer: str, pod: dict, other: dict) -> bool:
        return any(
            selects(policy["spec"]["podSelector"], pod) and selects(one["podSelector"], other)
            for policy in policies
            for rule in policy["spec"].get(direction, [])
            for one in rule[peer]
            if "podSelector" in one and "namespaceSelector" not in one
        )

    closed = any(
        policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} for policy in policies
    )
    expect(closed, "no policy closes everything first")
    server = {name: {NAME: name, COMPONENT: "server"} for name in SERVICES}
    for caller in SERVICES:
        for callee in SERVICES:
            may = SERVICES.index(callee) < SERVICES.index(caller)
            out = opened("egress", "to", server[caller], server[callee])
            into = opened("ingress", "from", server[callee], server[caller])
            expect(out == may, f"{caller} -> {callee}: egress is {'open' if out else 'closed'}")
            expect(into == may, f"{caller} -> {callee}: ingress is {'open' if into else 'closed'}")


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        documents = [one for one in yaml.safe_load_all(file) if one]
    found = {(one["kind"], one["metadata"]["name"]): one for one in documents}
    settings = next(one["data"] for one in documents if one["kind"] == "ConfigMap")
    for service in SERVICES:
        check_service(found, service, int(settings["HENGJI_DRAIN_SECONDS"]))
    check_calls([one for one in documents if one["kind"] == "NetworkPolicy"])
    expect(not any(kind == "Secret" for kind, _ in found), "a Secret is part of the manifests")
    namespace = found[("Namespace", "hengji")]["metadata"]["labels"]
    expect(namespace["pod-security.kubernetes.io/enforce"] == "restricted", "namespace is not restricted")
    outside = [name for (kind, name), one in found.items() if kind != "Namespace" and one["metadata"].get("namespace") != "hengji"]
    expect(not outside, f"outside the namespace: {outside}")
    if complaints:
        raise SystemExit("\n".join(complaints))


if __name__ == "__main__":
    main(sys.argv[1])
