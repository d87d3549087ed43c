//! A screen (Xvfb), a message bus and a window manager (openbox) in a home folder of their own.
//! Nothing of the session it runs in reaches the programs started here, and nothing outlives it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Mark, Notices, Taskbar, Tray};

const STARTED_WITHIN: Duration = Duration::from_secs(20);

/// Variables of the surrounding session that must not leak into this one.
const FOREIGN: [&str; 10] = [
    "LC_ALL",
    "LC_MESSAGES",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "XDG_SESSION_TYPE",
    "GNOME_KEYRING_CONTROL",
];

/// A running desktop session. Dropping it ends everything that was started in it.
#[derive(Debug)]
pub struct Desktop {
    // Dropped in this order: first the processes, then the folder that they write to.
    mark: Mark,
    children: Vec<Child>,
    variables: Vec<(OsString, OsString)>,
    home: TempDir,
}

impl Desktop {
    /// Starts a session with a screen of 1600 × 1000 and waits until programs can be started in it.
    pub fn start() -> io::Result<Desktop> {
        let home = tempfile::Builder::new().prefix("shiwen-desktop-").tempdir()?;
        let runtime = home.path().join("run");
        fs::create_dir(&runtime)?;
        private(&runtime)?;
        let mut desktop =
            Desktop { mark: Mark::new(), children: Vec::new(), variables: Vec::new(), home };
        desktop.set("HOME", desktop.home.path().to_owned());
        desktop.set("XDG_RUNTIME_DIR", &runtime);
        desktop.set("XDG_SESSION_TYPE", "x11");
        desktop.set("GDK_BACKEND", "x11");
        desktop.set("GSETTINGS_BACKEND", "memory");
        // The language of those who use the program. Where the system has no such locale, programs
        // read the variables all the same.
        desktop.set("LANG", "zh_CN.UTF-8");
        desktop.set("LANGUAGE", "zh_CN");
        // The accessibility bus would be one more daemon for each program.
        desktop.set("NO_AT_BRIDGE", "1");

        // Fixed numbers would collide between two runs on one machine, so the server picks.
        let mut screen = desktop.command("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]);
        let display = desktop.start_and_read_line(screen)?;
        desktop.set("DISPLAY", format!(":{display}"));

        let mut bus = desktop.command("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        bus.arg(format!("--address=unix:path={}", runtime.join("bus").display()));
        let address = desktop.start_and_read_line(bus)?;
        desktop.set("DBUS_SESSION_BUS_ADDRESS", address);

        let mut window_manager = desktop.command("openbox");
        window_manager.stdout(Stdio::null()).stderr(desktop.log("openbox")?);
        desktop.keep(window_manager)?;
        Ok(desktop)
    }

    /// The session's home folder: empty at the start, gone at the end.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A program to be started in this session, with its environment set.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in FOREIGN {
            command.env_remove(name);
        }
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SHIWEN_") {
                command.env_remove(name);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        self.mark.put_on(&mut command);
        command
    }

    /// Starts the Secret Service and unlocks a new, empty keychain.
    pub fn unlock_keychain(&mut self) -> io::Result<()> {
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--unlock", "--components=secrets"]).stdin(Stdio::piped());
        daemon.stdout(Stdio::null()).stderr(self.log("gnome-keyring")?);
        let mut daemon = daemon.spawn().map_err(|err| named("gnome-keyring-daemon", &err))?;
        if let Some(mut password) = daemon.stdin.take() {
            password.write_all(b"test\n")?;
        }
        daemon.wait()?;

        let asked = Instant::now();
        while !self.is_on_bus("org.freedesktop.secrets")? {
            if asked.elapsed() > STARTED_WITHIN {
                return Err(io::Error::other("the Secret Service did not come up on the bus"));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether a program on the message bus has a name that contains `part`.
    pub fn is_on_bus(&self, part: &str) -> io::Result<bool> {
        let names = self
            .command("dbus-send")
            .args(["--session", "--dest=org.freedesktop.DBus", "--print-reply=literal", "/"])
            .arg("org.freedesktop.DBus.ListNames")
            .output()?;
        succeeded("dbus-send", names.status.success())?;
        Ok(String::from_utf8_lossy(&names.stdout).contains(part))
    }

    /// Puts a notification service on the bus that keeps what it is given.
    pub fn notifications(&self) -> io::Result<Notices> {
        Notices::start(&self.bus()).map_err(io::Error::other)
    }

    /// Puts a tray on the bus. Programs look for one when they start, or soon after.
    pub fn tray(&self) -> io::Result<Tray> {
        Tray::start(&self.bus()).map_err(io::Error::other)
    }

    /// Keeps what programs show in the task bar from now on.
    pub fn taskbar(&self) -> io::Result<Taskbar> {
        Taskbar::start(&self.bus()).map_err(io::Error::other)
    }

    /// What a paste in this session would bring: empty where nothing was copied yet.
    pub fn clipboard(&self) -> io::Result<String> {
        let answer = self.command("xclip").args(["-selection", "clipboard", "-o"]).output()?;
        String::from_utf8(answer.stdout).map_err(io::Error::other)
    }

    /// Copies `text`, as another program would.
    pub fn set_clipboard(&self, text: &str) -> io::Result<()> {
        let mut xclip = self.command("xclip");
        xclip.args(["-selection", "clipboard", "-i"]).stdin(Stdio::piped());
        // It stays in the background as the owner of the text and would hold our pipes open.
        let mut xclip = xclip.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        if let Some(mut input) = xclip.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        succeeded("xclip", xclip.wait()?.success())
    }

    /// Takes a picture of the whole screen; the name's ending decides the format.
    pub fn picture(&self, path: &Path) -> io::Result<()> {
        let taken = self.command("import").args(["-window", "root"]).arg(path).status()?;
        succeeded("import", taken.success())
    }

    /// A new file in the home folder that receives what `program` says.
    pub fn log(&self, program: &str) -> io::Result<File> {
        let path: PathBuf = self.home.path().join(format!("{program}.log"));
        File::options().create(true).append(true).open(path)
    }

    /// Starts `command` as a part of the session, ended with it.
    pub fn keep(&mut self, mut command: Command) -> io::Result<&mut Child> {
        let child = command.spawn().map_err(|err| named(command.get_program(), &err))?;
        let last = self.children.len();
        self.children.push(child);
        Ok(&mut self.children[last])
    }

    /// Starts a part of the session that announces its address as its first line.
    /// Whatever else it says goes to `<program>.log` in the home folder.
    pub fn start_and_read_line(&mut self, mut command: Command) -> io::Result<String> {
        let program = command.get_program().to_owned();
        let name = Path::new(&program).file_name().unwrap_or(&program).to_string_lossy();
        let mut log = self.log(&name)?;
        command.stdout(Stdio::piped()).stderr(log.try_clone()?);
        let output = self.keep(command)?.stdout.take();

        let mut line = String::new();
        if let Some(output) = output {
            let mut output = BufReader::new(output);
            output.read_line(&mut line)?;
            // A pipe that nobody empties would stop the program once it is full.
            std::thread::spawn(move || io::copy(&mut output, &mut log));
        }
        match line.trim() {
            "" => Err(named(&program, &io::Error::other("ended without saying its address"))),
            address => Ok(address.to_owned()),
        }
    }

    fn bus(&self) -> String {
        let address = self.variables.iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS");
        address.map(|(_, address)| address.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.into(), value.into()));
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.mark.sweep();
        for child in &mut self.children {
            // Without this they stay as zombies for as long as we live.
            let _ = child.wait();
        }
    }
}

fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

fn named(program: impl AsRef<OsStr>, err: &io::Error) -> io::Error {
    io::Error::new(err.kind(), format!("{}: {err}", program.as_ref().to_string_lossy()))
}

fn succeeded(program: &str, success: bool) -> io::Result<()> {
    if success { Ok(()) } else { Err(io::Error::other(format!("{program} failed"))) }
}
