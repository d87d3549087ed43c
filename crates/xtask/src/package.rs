//! The check `package`: the .deb is made of the programs that the tests use, installed where that is allowed, looked at,
//! and its program is started and has a video transcribed.

use anyhow::Result;

#[cfg(not(target_os = "linux"))]
pub(crate) fn check() -> Result<()> {
    eprintln!("  LEFT OUT: packages for Debian are made on Linux only");
    Ok(())
}

#[cfg(target_os = "linux")]
pub(crate) fn check() -> Result<()> {
    linux::check()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Child;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use anyhow::{Context, Result, bail, ensure};
    use shiwen_headless::Desktop;

    use crate::command::{answer, built, program, run, target};
    use crate::{bundle, parts, tools};

    const NAME: &str = "shiwen";
    const OPENS_WITHIN: Duration = Duration::from_secs(60);
    /// The program ends by itself after this many milliseconds, should nobody end it.
    const STAYS: &str = "120000";
    const SHARED: &str = "7.43 复制打开抖音 https://v.douyin.com/sb-ok/ 直接观看视频！";

    pub(super) fn check() -> Result<()> {
        if answer(program("dpkg").arg("--version")).is_none() {
            eprintln!("  LEFT OUT: there is no dpkg here");
            return Ok(());
        }
        let mut make = program(tools::tauri()?);
        make.args(["bundle", "--ci", "--debug", "--bundles", "deb"]);
        run(make.args(["--config", &parts::config(&parts::list()?)]))?;
        let deb = bundle::deb("debug")?;
        told(&deb)?;
        let package = Package::place(&deb)?;
        package.looks_right()?;
        let transcribed = transcribes(&package.at("usr/bin/shiwen"));
        let gone = package.remove();
        transcribed.and(gone)
    }

    /// What the package says of itself.
    fn told(deb: &Path) -> Result<()> {
        let field = |name| answer(program("dpkg-deb").arg("--field").arg(deb).arg(name));
        for (name, words) in [
            ("Depends", ["libwebkit2gtk-4.1-0", "libayatana-appindicator3-1"]),
            ("Recommends", ["gnome-keyring", "gstreamer1.0-libav"]),
        ] {
            let said = field(name).with_context(|| format!("the package has no {name}"))?;
            for word in words {
                ensure!(said.contains(word), "{name} does not hold {word}: {said}");
            }
        }
        Ok(())
    }

    /// The package on this machine.
    struct Package {
        root: PathBuf,
        is_installed: bool,
    }

    impl Package {
        /// Installs it as root, where nobody uses an installed one; else unpacks it beside.
        fn place(deb: &Path) -> Result<Self> {
            let is_root = answer(program("id").arg("-u")).as_deref() == Some("0");
            let there = answer(program("dpkg-query").args(["--show", NAME])).is_some();
            if is_root && !there {
                // Fails where something that it depends on is missing.
                run(program("dpkg").arg("--install").arg(deb))?;
                return Ok(Self { root: PathBuf::from("/"), is_installed: true });
            }
            let why = if there { "one is installed that must stay" } else { "this is not root" };
            eprintln!("  unpacked instead of installed: {why}");
            let root = target().join("xtask/package");
            if root.exists() {
                fs::remove_dir_all(&root)?;
            }
            run(program("dpkg").arg("--extract").arg(deb).arg(&root))?;
            Ok(Self { root, is_installed: false })
        }

        fn at(&self, path: &str) -> PathBuf {
            self.root.join(path)
        }

        fn looks_right(&self) -> Result<()> {
            for path in [
                "usr/share/icons/hicolor/128x128/apps/shiwen.png",
                "usr/share/metainfo/app.shiwen.desktop.metainfo.xml",
                "usr/share/doc/shiwen/copyright",
            ] {
                ensure!(self.at(path).is_file(), "the package has no {path}");
            }
            let licences = fs::read_to_string(self.at("usr/lib/shiwen").join(parts::NAME))?;
            for part in ["tauri 2.", "rusqlite 0.", "svelte 5.", "Permission is hereby granted"] {
                ensure!(licences.contains(part), "the licences of the parts do not hold {part}");
            }
            let entry = fs::read_to_string(self.at("usr/share/applications/shiwen.desktop"))?;
            for line in ["Name[zh_CN]=拾文", "Exec=shiwen %u", "MimeType=x-scheme-handler/shiwen;"]
            {
                ensure!(entry.lines().any(|one| one == line), "no line \"{line}\" in:\n{entry}");
            }
            Ok(())
        }

        fn remove(self) -> Result<()> {
            if !self.is_installed {
                return Ok(fs::remove_dir_all(self.root)?);
            }
            run(program("dpkg").args(["--purge", NAME]))?;
            ensure!(!self.at("usr/bin/shiwen").exists(), "the program is still there");
            Ok(())
        }
    }

    /// Starts the window. It owns the data folder, so what the command line submits there is its work.
    fn transcribes(shiwen: &Path) -> Result<()> {
        let desktop = Desktop::start().context("no screen could be started")?;
        let data = desktop.home().join("data");
        let log = desktop.log("shiwen")?;
        let mut window = desktop.command(shiwen);
        window.arg("--sandbox").arg("--data-dir").arg(&data);
        window.env("SHIWEN_MEASURE_START", STAYS).env("SHIWEN_SANDBOX_PACE", "0.1");
        window.stdout(log.try_clone()?).stderr(log);
        let mut window = window.spawn().context("the installed program could not be started")?;
        let outcome = opened(&desktop, &mut window).and_then(|time| {
            eprintln!("  the installed program was interactive after {time} ms");
            let mut cli = desktop.command(built("debug", "shiwen-cli"));
            cli.args(["transcribe", "--sandbox", "--timeout", "60", "--data-dir"]).arg(&data);
            let said = cli.env("SHIWEN_SANDBOX_PACE", "0.1").arg(SHARED).output()?;
            let text = String::from_utf8_lossy(&said.stdout);
            let words = text.chars().filter(|letter| !letter.is_ascii()).count();
            ensure!(
                said.status.success() && words > 50,
                "no transcript ({}): {text}{}",
                said.status,
                String::from_utf8_lossy(&said.stderr)
            );
            eprintln!("  and had a video transcribed: {words} characters");
            ensure!(window.try_wait()?.is_none(), "the window ended meanwhile");
            Ok(())
        });
        // Its data goes with the desktop's folder.
        window.kill()?;
        window.wait()?;
        outcome
    }

    /// Waits until the page has drawn and reached Rust; how long that took, in ms.
    fn opened(desktop: &Desktop, window: &mut Child) -> Result<String> {
        let begin = Instant::now();
        let log = desktop.home().join("shiwen.log");
        loop {
            let said = fs::read_to_string(&log)?;
            if let Some(time) = said.lines().find_map(|line| line.strip_prefix("interactive_ms ")) {
                return Ok(time.to_owned());
            }
            if let Some(ended) = window.try_wait()? {
                bail!("the installed program ended with {ended}:\n{said}");
            }
            ensure!(begin.elapsed() < OPENS_WITHIN, "no window came up:\n{said}");
            sleep(Duration::from_millis(50));
        }
    }
}
