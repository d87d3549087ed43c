//! The system packages that Shiwen needs, and how each system gets them.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{answer, program, run};

/// What a package is there for. Debian's names; Ubuntu has the same.
struct Need {
    why: &'static str,
    packages: &'static [&'static str],
}

const TO_BUILD: Need = Need {
    why: "to build the desktop program",
    packages: &[
        "build-essential",
        "libayatana-appindicator3-dev",
        "librsvg2-dev",
        "libwebkit2gtk-4.1-dev",
        "pkg-config",
    ],
};

const TO_RUN: Need = Need {
    why: "to run it: Chinese characters, a keychain, opening links, a tray, playing videos",
    packages: &[
        "dbus",
        "fonts-noto-cjk",
        "gnome-keyring",
        "gstreamer1.0-libav",
        "gstreamer1.0-plugins-base",
        "gstreamer1.0-plugins-good",
        "libayatana-appindicator3-1",
        "xdg-utils",
    ],
};

const TO_TEST: Need = Need {
    why: "to test it: a screen, a window manager, a driver for the real window, a clipboard",
    packages: &[
        "dbus-x11",
        "imagemagick",
        "libsecret-tools",
        "openbox",
        "webkit2gtk-driver",
        "xclip",
        "xdotool",
        "xvfb",
    ],
};

/// Makes sure that the system's packages are there. Installs them on Debian and its relatives;
/// elsewhere says which are needed when the central one is missing.
pub(crate) fn provide(with_tests: bool) -> Result<()> {
    let mut needs = vec![TO_BUILD, TO_RUN];
    if with_tests {
        needs.push(TO_TEST);
    }
    match std::env::consts::OS {
        "linux" if answer(program("dpkg-query").arg("--version")).is_some() => debian(&needs),
        "linux" => other_linux(with_tests),
        "macos" => macos(),
        // Windows 10 and 11 bring WebView2; Rust itself brought the build tools.
        _ => Ok(()),
    }
}

fn debian(needs: &[Need]) -> Result<()> {
    let mut missing = Vec::new();
    for need in needs {
        let absent = absent(need.packages);
        if !absent.is_empty() {
            eprintln!("  missing {}: {}", need.why, absent.join(" "));
            missing.extend(absent);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }

    let root = answer(program("id").arg("-u")).as_deref() == Some("0");
    let sudo = answer(program("sudo").arg("--version")).is_some();
    if !root && !sudo {
        bail!(
            "installing needs root, and there is no sudo here. As root:\n  \
             apt-get update && apt-get install --no-install-recommends {}",
            missing.join(" ")
        );
    }
    if !root {
        eprintln!("  sudo may ask for your password: apt-get installs the packages above");
    }
    run(apt_get(root).arg("update"))?;
    run(apt_get(root).args(["install", "--yes", "--no-install-recommends"]).args(&missing))
}

/// The packages that dpkg does not hold as installed.
fn absent<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    // dpkg-query fails when it knows one of the names not at all, and prints the others anyway.
    let listed = program("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\\n"])
        .args(packages)
        .output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    not_installed(packages, &String::from_utf8_lossy(&listed))
}

fn not_installed<'a>(packages: &[&'a str], listed: &str) -> Vec<&'a str> {
    let installed = |package: &&&str| {
        listed.lines().any(|line| line.split_once(' ') == Some((**package, "installed")))
    };
    packages.iter().filter(|package| !installed(package)).copied().collect()
}

fn apt_get(root: bool) -> Command {
    // Through `env`, since sudo clears the environment.
    let mut command = if root {
        program("env")
    } else {
        let mut sudo = program("sudo");
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}

fn other_linux(with_tests: bool) -> Result<()> {
    if answer(program("pkg-config").args(["--exists", "webkit2gtk-4.1"])).is_some() {
        return Ok(());
    }
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let mut advice = advice(&release).to_owned();
    if with_tests {
        advice.push_str(
            "\nand for the tests: Xvfb, openbox, xclip, xdotool, ImageMagick, WebKitWebDriver, gnome-keyring",
        );
    }
    bail!("WebKitGTK 4.1 was not found by pkg-config. Please install:\n  {advice}");
}

/// The packages under the names of the system that `/etc/os-release` describes.
fn advice(release: &str) -> &'static str {
    let family: Vec<&str> = release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|names| names.trim_matches('"').split(' '))
        .collect();
    if family.contains(&"fedora") {
        "sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel libappindicator-gtk3-devel \
         librsvg2-devel google-noto-sans-cjk-fonts gnome-keyring gstreamer1-plugins-good \
         gstreamer1-plugin-libav"
    } else if family.contains(&"arch") {
        "sudo pacman -S --needed base-devel webkit2gtk-4.1 libayatana-appindicator librsvg \
         noto-fonts-cjk gnome-keyring gst-plugins-good gst-libav"
    } else if family.iter().any(|name| name.contains("suse")) {
        "sudo zypper install gcc pkg-config webkit2gtk3-devel libayatana-appindicator3-devel \
         librsvg-devel google-noto-sans-cjk-fonts gnome-keyring gstreamer-plugins-good \
         gstreamer-plugins-libav"
    } else {
        "a C compiler, pkg-config, the development files of WebKitGTK 4.1, librsvg 2 and \
         Ayatana AppIndicator 3, a CJK font, a Secret Service such as gnome-keyring, GStreamer's \
         base, good and libav plugins"
    }
}

fn macos() -> Result<()> {
    if answer(program("xcode-select").arg("--print-path")).is_none() {
        bail!("Apple's command line tools are missing. Please run: xcode-select --install");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{advice, not_installed};

    #[test]
    fn removed_and_unknown_packages_count_as_missing() {
        let listed = "xvfb installed\nopenbox config-files\nxclip not-installed\n";
        let missing = not_installed(&["xvfb", "openbox", "xclip", "xdotool"], listed);
        assert_eq!(missing, ["openbox", "xclip", "xdotool"]);
    }

    #[test]
    fn a_relative_of_a_known_system_gets_its_packages() {
        assert!(advice("NAME=Nobara\nID=nobara\nID_LIKE=\"rhel centos fedora\"\n").contains("dnf"));
        assert!(advice("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n").contains("zypper"));
        assert!(advice("ID=manjaro\nID_LIKE=arch\n").contains("pacman"));
        assert!(advice("ID=gentoo\n").starts_with("a C compiler"));
    }
}
