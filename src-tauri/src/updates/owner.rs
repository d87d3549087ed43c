//! Whether a package manager put the program where it is.

use std::{path::Path, process::Command, sync::OnceLock};

/// Kinds of packages, and who can be asked whose a file is, and how.
const ASKED: &[(&str, &str, &[&str])] = &[
    ("deb", "dpkg", &["--search"]),
    ("rpm", "rpm", &["--query", "--file"]),
    ("pacman", "pacman", &["--query", "--owns"]),
];

pub(super) fn package_manager() -> Option<&'static str> {
    static OWNER: OnceLock<Option<&str>> = OnceLock::new();
    *OWNER.get_or_init(|| {
        // An AppImage is mounted anew at each start; nobody else owns it.
        if !cfg!(target_os = "linux") || std::env::var_os("APPIMAGE").is_some() {
            return None;
        }
        of(&std::env::current_exe().ok()?)
    })
}

/// Where package managers put programs; elsewhere nobody needs to be asked.
fn of(program: &Path) -> Option<&'static str> {
    if !["/usr", "/opt"].iter().any(|root| program.starts_with(root)) {
        return None;
    }
    // One who put it there by hand replaces it by hand.
    if program.starts_with("/usr/local") {
        return Some("hand");
    }
    let owns = |asked: &str, arguments: &[&str]| {
        let asked = Command::new(asked).args(arguments).arg(program).output();
        asked.is_ok_and(|answer| answer.status.success())
    };
    let owner = ASKED.iter().find(|(_, asked, arguments)| owns(asked, arguments));
    // Below these folders an ordinary user replaces nothing.
    Some(owner.map_or("system", |(kind, ..)| *kind))
}

#[cfg(test)]
mod tests {
    use super::of;
    use std::path::Path;

    #[test]
    fn a_program_in_a_folder_of_the_user_has_no_owner() {
        assert_eq!(of(Path::new("/data/someone/Applications/shiwen.AppImage")), None);
        assert_eq!(of(Path::new("/srv/checkout/target/debug/shiwen")), None);
    }

    #[test]
    fn a_program_in_a_folder_of_the_system_always_has_one() {
        assert_eq!(of(Path::new("/usr/local/bin/shiwen")), Some("hand"));
        assert_eq!(of(Path::new("/opt/no-such-folder/shiwen")), Some("system"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_dpkg_installed_is_dpkgs() {
        let dpkg = Path::new("/usr/bin/dpkg");
        if dpkg.exists() {
            assert_eq!(of(dpkg), Some("deb"));
        }
    }
}
