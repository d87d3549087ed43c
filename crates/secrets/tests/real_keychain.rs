//! The keychain against a real secret service, in every state a machine can have it in.
//!
//!     cargo nextest run -p shiwen-secrets --features real-keychain --test real_keychain
//!
//! Needs dbus, gnome-keyring and libsecret-tools (Debian's names). Each test starts itself again
//! as a scene: in a home folder and, where the scene has one, on a message bus of its own. Nothing
//! of the user's session is touched, and nothing stays behind.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what surrounds a test may panic too")]

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use shiwen_core::ProviderId::Coze;
use shiwen_headless::Mark;
use shiwen_secrets::{Fields, Keychain, KeychainError, Secret};

/// Names the scene to a test that was started again.
const SCENE: &str = "KEYCHAIN_SCENE";
const CANARY: &str = "CANARY-4f1c0a77";
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy)]
enum Bus {
    /// One that starts the secret service when asked, as desktops have it.
    Usual,
    /// One that knows no service.
    Bare,
    None,
}

/// A machine: a home folder, and everything that was started in it.
struct Machine {
    // Dropped in this order: first the processes, then the folder that they write to.
    mark: Mark,
    home: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { mark: Mark::new(), home: tempfile::tempdir().unwrap() }
    }

    /// Starts the test `test` again as `scene`, and waits until it passed.
    fn play(&self, test: &str, scene: &str, bus: Bus) {
        let this = std::env::current_exe().unwrap();
        let mut command = match bus {
            Bus::Usual => Command::new("dbus-run-session"),
            Bus::Bare => {
                let mut command = Command::new("dbus-run-session");
                command.arg("--config-file").arg(self.bare_bus());
                command
            }
            Bus::None => Command::new("env"),
        };
        let log = self.home.path().join(format!("{scene}.log"));
        let output = File::create(&log).unwrap();
        command.arg("--").arg(this).args(["--exact", test, "--nocapture"]);
        command.env(SCENE, scene).env("HOME", self.home.path());
        command.env("XDG_RUNTIME_DIR", self.home.path());
        for name in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_CONFIG_HOME"] {
            command.env_remove(name);
        }
        for name in ["XDG_DATA_HOME", "XDG_CACHE_HOME", "GNOME_KEYRING_CONTROL"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        self.mark.put_on(&mut command);
        let mut child = command.spawn().expect("dbus-run-session, of the package dbus");

        let status = wait(|| child.try_wait().unwrap());
        // Daemons of this scene must not answer in the next one.
        self.mark.sweep();
        let status = status.unwrap_or_else(|| child.wait().unwrap());
        let said = fs::read_to_string(&log).unwrap();
        assert!(status.success() && said.contains("1 passed"), "{test}, {scene}: {said}");
    }

    fn bare_bus(&self) -> PathBuf {
        let path = self.home.path().join("bus.conf");
        let config = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
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
        fs::write(&path, config).unwrap();
        path
    }

    /// Files below the home folder that hold `text`.
    fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() && holds(&entry.path(), text) {
                    found.push(entry.path());
                }
            }
        }
        found
    }
}

fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
}

/// The scene to play, when this process is one.
fn scene() -> Option<String> {
    std::env::var(SCENE).ok()
}

/// Asks again and again until there is an answer, but not for ever.
fn wait<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        match ask() {
            None if start.elapsed() < PATIENCE => sleep(Duration::from_millis(20)),
            answer => return answer,
        }
    }
}

/// A daemon of the scene, ended when dropped.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts a secret service with the login keyring unlocked, made if there is none.
fn start_unlocked() -> Daemon {
    start_service("--unlock", "test\n")
}

/// Starts a secret service and unlocks nothing.
fn start_locked() -> Daemon {
    start_service("--start", "")
}

fn start_service(how: &str, password: &str) -> Daemon {
    let daemon = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets", how])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let mut daemon = Daemon(daemon.expect("gnome-keyring-daemon, of the package gnome-keyring"));
    // Closing the pipe ends the password.
    daemon.0.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    wait(|| service_is_there().then_some(())).expect("the secret service comes up");
    daemon
}

fn stop(daemon: Daemon) {
    drop(daemon);
    wait(|| (!service_is_there()).then_some(())).expect("the secret service goes away");
}

fn service_is_there() -> bool {
    let answer = Command::new("dbus-send")
        .args(["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/"])
        .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
        .output()
        .unwrap();
    String::from_utf8_lossy(&answer.stdout).contains("true")
}

/// What other programs find under the name and account of the item.
fn secret_tool() -> String {
    let answer = Command::new("secret-tool")
        .args(["lookup", "service", "app.shiwen.desktop.test", "username", "coze"])
        .output()
        .expect("secret-tool, of the package libsecret-tools");
    String::from_utf8(answer.stdout).unwrap()
}

fn keychain() -> Keychain {
    Keychain::with_suffix("test")
}

fn fields() -> Fields {
    [("token", CANARY), ("history_token", "历史\"密钥")]
        .map(|(name, value)| (name.to_owned(), Secret::new(value)))
        .into()
}

fn load(keychain: &Keychain) -> Result<Option<Vec<String>>, KeychainError> {
    let fields = keychain.load(Coze)?;
    Ok(fields.map(|fields| fields.values().map(|secret| secret.expose().to_owned()).collect()))
}

fn saved() -> Option<Vec<String>> {
    Some(vec!["历史\"密钥".to_owned(), CANARY.to_owned()])
}

#[test]
fn secrets_outlive_the_run_and_stand_in_no_file() {
    const TEST: &str = "secrets_outlive_the_run_and_stand_in_no_file";
    match scene().as_deref() {
        None => {
            let machine = Machine::new();
            machine.play(TEST, "save", Bus::Usual);
            assert_eq!(machine.files_with(CANARY), [] as [PathBuf; 0]);
            assert!(
                !machine.files_with("GnomeKeyring").is_empty(),
                "the search finds what is there"
            );
            machine.play(TEST, "load and forget", Bus::Usual);
        }
        Some("save") => {
            let _service = start_unlocked();
            assert_eq!(load(&keychain()), Ok(None));
            keychain().save(Coze, &Fields::new()).unwrap();
            keychain().save(Coze, &fields()).unwrap();
            assert_eq!(load(&keychain()), Ok(saved()));
        }
        Some(_) => {
            let _service = start_unlocked();
            assert_eq!(load(&keychain()), Ok(saved()));
            let item = format!("{{\"history_token\":\"历史\\\"密钥\",\"token\":\"{CANARY}\"}}");
            assert!(secret_tool() == item, "the item is the JSON of the fields");

            keychain().forget(Coze).unwrap();
            keychain().forget(Coze).unwrap();

            assert_eq!(load(&keychain()), Ok(None));
            assert_eq!(secret_tool(), "");
        }
    }
}

#[test]
fn a_locked_keychain_says_so_and_works_once_it_is_unlocked() {
    const TEST: &str = "a_locked_keychain_says_so_and_works_once_it_is_unlocked";
    match scene().as_deref() {
        None => {
            let machine = Machine::new();
            machine.play(TEST, "save", Bus::Usual);
            machine.play(TEST, "locked", Bus::Usual);
        }
        Some("save") => {
            let _service = start_unlocked();
            keychain().save(Coze, &fields()).unwrap();
        }
        Some(_) => {
            let keychain = keychain();
            let locked = start_locked();
            assert_eq!(load(&keychain), Err(KeychainError::Locked));
            assert_eq!(keychain.save(Coze, &fields()), Err(KeychainError::Locked));
            assert_eq!(keychain.forget(Coze), Err(KeychainError::Locked));
            stop(locked);

            let _unlocked = start_unlocked();
            assert_eq!(load(&keychain), Ok(saved()));
        }
    }
}

#[test]
fn without_a_collection_nothing_is_saved_until_there_is_one() {
    const TEST: &str = "without_a_collection_nothing_is_saved_until_there_is_one";
    if scene().is_none() {
        return Machine::new().play(TEST, "no collection", Bus::Usual);
    }
    let keychain = keychain();
    let empty = start_locked();
    assert_eq!(load(&keychain), Ok(None));
    assert_eq!(keychain.save(Coze, &fields()), Err(KeychainError::NoCollection));
    stop(empty);

    let _unlocked = start_unlocked();
    keychain.save(Coze, &fields()).unwrap();
    assert_eq!(load(&keychain), Ok(saved()));
}

#[test]
fn a_service_that_appears_later_is_found_without_a_restart() {
    const TEST: &str = "a_service_that_appears_later_is_found_without_a_restart";
    if scene().is_none() {
        return Machine::new().play(TEST, "no service", Bus::Bare);
    }
    let keychain = keychain();
    assert_eq!(load(&keychain), Err(KeychainError::Missing));
    assert_eq!(keychain.save(Coze, &fields()), Err(KeychainError::Missing));
    assert_eq!(keychain.forget(Coze), Err(KeychainError::Missing));

    let _service = start_unlocked();
    keychain.save(Coze, &fields()).unwrap();
    assert_eq!(load(&self::keychain()), Ok(saved()));
}

#[test]
fn a_bus_that_appears_later_is_found_without_a_restart() {
    const TEST: &str = "a_bus_that_appears_later_is_found_without_a_restart";
    if scene().is_none() {
        return Machine::new().play(TEST, "no bus", Bus::None);
    }
    let keychain = keychain();
    assert_eq!(load(&keychain), Err(KeychainError::NoBus));
    assert_eq!(keychain.save(Coze, &fields()), Err(KeychainError::NoBus));

    let socket = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR").unwrap()).join("bus");
    let bus = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--nopidfile"])
        .arg(format!("--address=unix:path={}", socket.display()))
        .spawn();
    let _bus = Daemon(bus.expect("dbus-daemon, of the package dbus"));
    wait(|| socket.exists().then_some(())).expect("the bus comes up");
    let _service = start_unlocked();
    keychain.save(Coze, &fields()).unwrap();
    assert_eq!(load(&self::keychain()), Ok(saved()));
}
