# SPDX-License-Identifier: GPL-2.0-or-later
"""Installing for all users, for one user, from packages: everything arrives where Wireshark looks
for it, and nothing is left when it is taken away."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import shark

BUILD = os.environ["TCPSTATE_BUILD"]


class Arrival(shark.HostTest):
    """An empty folder for each test, and what must be in it."""

    def setUp(self):
        # Where the user without privileges, who runs tshark, can look.
        folder = tempfile.TemporaryDirectory(dir="/tmp" if os.getuid() == 0 else None)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)

    def files(self):
        return {file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*")
                if not file.is_dir()}

    def check_arrived(self, root=""):
        """All files stand below `root`, and tshark loads the plugin from there."""
        files = self.files()
        self.assertEqual([file for file in files if not file.startswith(root)], [])
        plugin = [file for file in files
                  if re.search(r"/wireshark/plugins/[0-9.]+/epan/tcpstate\.so$", file)]
        self.assertEqual(len(plugin), 1, files)
        for name in ("preferences", "colorfilters", "dfilter_buttons"):
            self.assertIn(f"{root}share/wireshark/profiles/TCP State/{name}", files)
        self.assertIn(f"{root}share/doc/tcpstate/LICENSE", files)
        self.check_loads(self.folder / plugin[0])

    def check_loads(self, plugin):
        bare = shark.Shark()
        self.addCleanup(bare.close)
        for own in pathlib.Path(bare.home).rglob("tcpstate.so"):
            own.unlink()
        done = bare.run("tshark", "-G", "plugins",
                        env=[f"WIRESHARK_PLUGIN_DIR={plugin.parents[2]}"])
        self.assertEqual(done.stderr, "")
        self.assertEqual([line.split("\t")[-1] for line in done.stdout.splitlines()
                          if line.startswith("tcpstate.so")], [str(plugin)], done.stdout)


class Installing(Arrival):
    def cmake(self, *arguments, **environment):
        subprocess.run(["cmake", *arguments], check=True, stdout=subprocess.DEVNULL, text=True,
                       env={**os.environ, **environment})

    def check_gone(self):
        self.assertEqual(self.files(), set())
        self.assertEqual([folder for folder in self.folder.rglob("*")
                          if folder.name in ("wireshark", "tcpstate")], [])

    def test_for_all_users(self):
        self.cmake("--install", BUILD, "--prefix", "/usr", DESTDIR=str(self.folder))
        self.check_arrived("usr/")
        self.cmake("--build", BUILD, "--target", "uninstall", DESTDIR=str(self.folder))
        self.check_gone()

    def test_another_prefix(self):
        other = self.folder / "other"
        theirs = other / "lib" / "wireshark" / "theirs"
        self.cmake("--install", BUILD, "--prefix", str(other), DESTDIR="")
        self.check_arrived("other/")
        theirs.parent.mkdir(exist_ok=True)
        theirs.write_text("not ours\n")
        self.cmake("--build", BUILD, "--target", "uninstall", DESTDIR="")
        self.assertEqual(self.files(), {theirs.relative_to(self.folder).as_posix()})
        theirs.unlink()

    def test_for_one_user(self):
        clean = {"HOME": str(self.folder), "XDG_CONFIG_HOME": "", "WIRESHARK_CONFIG_DIR": ""}
        self.cmake("--build", BUILD, "--target", "install-personal", **clean)
        profile = self.folder / ".config" / "wireshark" / "profiles" / "TCP State"
        ours = (profile / "preferences").read_text()
        plugin = [file for file in self.files() if file.endswith("epan/tcpstate.so")]
        self.assertEqual(len(plugin), 1)
        # Where Wireshark would look: the scratch home has the same shape.
        expected = [file.relative_to(self.shark.home).as_posix()
                    for file in pathlib.Path(self.shark.home).rglob("tcpstate.so")]
        self.assertEqual(plugin, expected)

        # An older one of ours, as Wireshark copies a profile for all users on first use.
        older = "@TCP State: old@tcp@[0,0,0][65535,65535,65535]\n"
        words = ours.splitlines()[0].rsplit(" ", 1)[0]
        (profile / "colorfilters").write_text(
            f"{words} {hashlib.sha256(older.encode()).hexdigest()}\n{older}")
        self.cmake("--build", BUILD, "--target", "install-personal", **clean)
        self.assertEqual((profile / "colorfilters").read_text(),
                         (shark.SOURCE / "plugin" / "profile" / "colorfilters").read_text())

        (profile / "colorfilters").write_text(f"{words} {'0' * 64}\n{older}")
        (profile / "preferences").write_text(ours + "# mine\n")
        self.cmake("--build", BUILD, "--target", "install-personal", **clean)
        self.assertTrue((profile / "preferences").read_text().endswith("# mine\n"))
        self.cmake("--build", BUILD, "--target", "uninstall-personal", **clean)
        self.assertEqual({file.name for file in profile.iterdir()},
                         {"preferences", "colorfilters"})
        self.assertTrue((profile / "colorfilters").read_text().endswith(older))

        (profile / "preferences").write_text(ours)
        (profile / "colorfilters").unlink()
        self.cmake("--build", BUILD, "--target", "uninstall-personal", **clean)
        self.assertEqual(self.files(), set())


class Packages(Arrival):
    """What cpack makes, unpacked and not installed: tests/releases.sh installs them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(made.cleanup)
        cls.made = pathlib.Path(made.name)
        done = subprocess.run(["cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", cls.made],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise AssertionError(done.stdout)
        cls.release = subprocess.run(["tshark", "--version"], text=True, stderr=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE).stdout
        cls.release = re.search(r"[0-9]+\.[0-9]+", cls.release).group()

    def package(self, pattern):
        found = list(self.made.glob(pattern))
        self.assertEqual(len(found), 1, pattern)
        self.assertIn(f"wireshark{self.release}", found[0].name)
        return found[0]

    def test_archive(self):
        archive = self.package("*.tar.gz")
        subprocess.run(["tar", "-xzf", archive, "-C", self.folder], check=True)
        top = archive.name[:-len(".tar.gz")]
        self.assertEqual([path.name for path in self.folder.iterdir()], [top])
        self.check_arrived(f"{top}/")

    @unittest.skipUnless(shutil.which("dpkg-deb"), "needs dpkg-deb")
    def test_debian(self):
        package = self.package("*.deb")
        depends = subprocess.run(["dpkg-deb", "--field", package, "Depends"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        major, minor = self.release.split(".")
        self.assertIn(f"wireshark-common (>= {self.release})", depends)
        self.assertIn(f"wireshark-common (<< {major}.{int(minor) + 1}~)", depends)
        subprocess.run(["dpkg-deb", "--extract", package, self.folder], check=True)
        self.check_arrived("usr/")


if __name__ == "__main__":
    shark.main()
