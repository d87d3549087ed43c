//! The five states in which a keychain can be found, one after the other under the same window: each has its own
//! words, and trying again needs no restart.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::json;

use crate::app::{App, SOON, by};
use crate::until::{until, until_true};
use crate::world::World;

/// The sandbox's own, so that what is saved in the end can be tested.
const KEY: &str = "5a4d0b0c-0000-4000-8000-000000000001";

/// A bus that starts nothing by itself.
const BARE: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

#[test]
fn each_state_of_the_keychain_has_its_words_and_a_retry_that_needs_no_restart() -> io::Result<()> {
    let world = World::start()?;
    let bus = Bus::not_yet(&world)?;
    let base = format!("{}/momoget/api/v1", world.sandbox);
    let variables =
        [("DBUS_SESSION_BUS_ADDRESS", &*bus.address), ("SHIWEN_MOMOGET_BASE_URL", &base)];
    let app = world.start_app(&[], &variables)?;
    let card = by("provider-card-momoget");
    let within = |id: &str| format!("{card} {}", by(id));
    app.click(&by("nav-settings"))?;
    app.click(&by("connect-momoget"))?;
    app.type_into(&within("field-user_id"), KEY)?;
    app.click(&within("save-provider"))?;

    let mut words = Words { app: &app, seen: BTreeSet::new() };
    words.are_new("总线")?;

    let _daemon = bus.start()?;
    words.after_retry("没有可用的密钥服务")?;

    let service = bus.keychain("--start", "")?;
    words.after_retry("还没有默认的钥匙串")?;

    service.end()?;
    // Made by another program at another time, and unlocked by nobody since.
    bus.keychain("--unlock", "test\n")?.end()?;
    let service = bus.keychain("--start", "")?;
    words.after_retry("锁着")?;

    service.end()?;
    let _unlocked = bus.keychain("--unlock", "test\n")?;
    app.click(&by("keychain-retry"))?;
    until_true("the note to be gone", SOON, || {
        Ok::<_, io::Error>(app.count(&by("keychain-note"))? == 0)
    })?;
    let card = app.read(&card, SOON, |card| card.contains("连接正常"))?;
    assert!(words.seen.iter().all(|before| !card.contains(before.as_str())), "{card}");
    assert_eq!(words.seen.len(), 4);
    let found =
        bus.command("secret-tool").args(["lookup", "service", "app.shiwen.desktop"]).output()?;
    assert!(String::from_utf8_lossy(&found.stdout).contains(KEY), "saved elsewhere");
    let providers = app.call("providers", json!({}))?.to_string();
    assert!(!providers.contains("\"session_only\":true"), "{providers}");
    app.close()
}

/// What the note said so far.
struct Words<'a> {
    app: &'a App<'a>,
    seen: BTreeSet<String>,
}

impl Words<'_> {
    fn after_retry(&mut self, part: &str) -> io::Result<()> {
        self.app.click(&by("keychain-retry"))?;
        self.are_new(part)
    }

    /// Waits for a note with these words, which none before had.
    fn are_new(&mut self, part: &str) -> io::Result<()> {
        let note = format!("{} p", by("keychain-note"));
        let words = self.app.read(&note, SOON, |words| words.contains(part))?;
        // Nobody needs to fear that the key ended up elsewhere.
        assert!(words.contains("不会改存到文件里"), "{words}");
        assert!(self.seen.insert(words), "two states with the same words");
        Ok(())
    }
}

/// A message bus at an address that is known before it is there.
struct Bus<'a> {
    world: &'a World,
    address: String,
    socket: PathBuf,
    config: PathBuf,
}

impl<'a> Bus<'a> {
    fn not_yet(world: &'a World) -> io::Result<Bus<'a>> {
        let home = world.desktop.home();
        let (socket, config) = (home.join("late-bus"), home.join("bus.conf"));
        fs::write(&config, BARE)?;
        Ok(Bus { world, address: format!("unix:path={}", socket.display()), socket, config })
    }

    fn command(&self, program: &str) -> std::process::Command {
        let mut command = self.world.desktop.command(program);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    fn start(&self) -> io::Result<Daemon<'_>> {
        let mut daemon = self.command("dbus-daemon");
        daemon.args(["--nofork", "--nopidfile", "--config-file"]).arg(&self.config);
        daemon.arg(format!("--address={}", self.address)).stdout(Stdio::null());
        let child = daemon.spawn()?;
        until_true("the bus", SOON, || Ok::<_, io::Error>(self.socket.exists()))?;
        Ok(Daemon { child, bus: self })
    }

    /// Starts a secret service on this bus.
    fn keychain(&self, how: &str, password: &str) -> io::Result<Daemon<'_>> {
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--components=secrets", how]);
        daemon.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = daemon.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(password.as_bytes())?;
        }
        let daemon = Daemon { child, bus: self };
        until_true("the secret service", SOON, || self.has_keychain())?;
        Ok(daemon)
    }

    fn has_keychain(&self) -> io::Result<bool> {
        let answer = self
            .command("dbus-send")
            .args(["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/"])
            .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
            .output()?;
        Ok(String::from_utf8_lossy(&answer.stdout).contains("true"))
    }
}

/// A program of the scene; ended when dropped.
struct Daemon<'a> {
    child: Child,
    bus: &'a Bus<'a>,
}

impl Daemon<'_> {
    /// Ends a secret service, and waits until the bus knows.
    fn end(self) -> io::Result<()> {
        let bus = self.bus;
        drop(self);
        until("the secret service to be gone", SOON, || Ok((!bus.has_keychain()?).then_some(())))
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
