"""The contract as Python modules, made from the .proto files alone into a temporary folder."""

import importlib
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("identity", "catalog", "targets", "monitoring", "evaluation", "application")
PACKAGES = ("common", *SERVICES)


class Package:
    """Everything one package of the contract declares: messages, enums and stubs as attributes, calls by name."""

    def __init__(self, generated: pathlib.Path, name: str):
        self.calls = {}
        folder = generated / "hengji" / name / "v1"
        for file in sorted(folder.glob("*_pb2.py")):
            module = importlib.import_module(f"hengji.{name}.v1.{file.stem}")
            self._take(module)
            for service in module.DESCRIPTOR.services_by_name.values():
                stub = getattr(importlib.import_module(f"hengji.{name}.v1.{file.stem}_grpc"), f"{service.name}Stub")
                for method in service.methods:
                    self.calls[method.name] = (stub, method)

    def _take(self, module):
        for key, value in vars(module).items():
            if not key.startswith("_") and key != "DESCRIPTOR":
                setattr(self, key, value)

    def message(self, descriptor):
        """The class of a message of this package."""
        return getattr(self, descriptor.name)


def generate(folder: pathlib.Path) -> None:
    """One run of protoc over proto/ and third_party/proto."""
    roots = [ROOT / "proto", ROOT / "third_party" / "proto"]
    files = sorted(str(file.relative_to(root)) for root in roots for file in root.rglob("*.proto"))
    command = [sys.executable, "-m", "grpc_tools.protoc", *(f"-I{root}" for root in roots)]
    command += [f"--python_out={folder}", f"--grpc_python_out={folder}", *files]
    subprocess.run(command, check=True)


def load() -> dict[str, Package]:
    """The packages by short name, e.g. `targets`."""
    with tempfile.TemporaryDirectory(prefix="hengji-contract-") as folder:
        generate(pathlib.Path(folder))
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
        return {name: Package(pathlib.Path(folder), name) for name in PACKAGES}
