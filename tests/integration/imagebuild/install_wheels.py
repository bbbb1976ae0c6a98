"""Lays wheels with PyPA's `installer`: install_wheels.py PREFIX PYTHON WHEEL..., where PREFIX is a virtual
environment and PYTHON its interpreter's name. Of two wheels with one file the later wins, as with pip."""
import pathlib
import sys

import installer
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile


def install(prefix, python, wheel):
    site = f"{prefix}/lib/{python}/site-packages"
    with WheelFile.open(wheel) as source:
        scheme = {"purelib": site, "platlib": site, "scripts": f"{prefix}/bin", "data": prefix,
                  "headers": f"{prefix}/include/site/{python}/{source.distribution}"}
        destination = SchemeDictionaryDestination(scheme, interpreter=f"{prefix}/bin/{python}", script_kind="posix",
                                                  overwrite_existing=True)
        installer.install(source=source, destination=destination, additional_metadata={"INSTALLER": b"installer"})


for file in sys.argv[3:]:
    install(sys.argv[1], sys.argv[2], pathlib.Path(file))
