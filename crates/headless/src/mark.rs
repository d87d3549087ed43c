//! Processes are marked through their environment, which every descendant inherits, even one that
//! detached itself from its parent, its group and its terminal, as keychain daemons do.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

const VARIABLE: &str = "SHIWEN_PROCESS_MARK";

/// One run of a test or a command. Dropping it ends every process that carries the mark.
#[derive(Debug)]
pub struct Mark {
    own: String,
    /// With the marks that this process itself carries: whoever started us must find our
    /// descendants too, since we may be killed before we can end them.
    whole: String,
}

impl Mark {
    /// A mark that no other run carries.
    #[expect(clippy::new_without_default, reason = "two marks are never equal")]
    pub fn new() -> Mark {
        static MARKS: AtomicU32 = AtomicU32::new(0);
        let started = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let count = MARKS.fetch_add(1, Ordering::Relaxed);
        let own = format!("{}-{started}-{count}", std::process::id());
        let whole = match std::env::var(VARIABLE) {
            Ok(outer) if !outer.is_empty() => format!("{outer}/{own}"),
            _ => own.clone(),
        };
        Mark { own, whole }
    }

    /// Makes the program that `command` starts, and all that it starts, carry the mark.
    pub fn put_on(&self, command: &mut Command) {
        command.env(VARIABLE, &self.whole);
    }

    /// Ends every process that carries the mark: asks first, and after two seconds kills.
    /// Outside Linux nothing is found, since no process may read another's environment there.
    pub fn sweep(&self) {
        #[cfg(target_os = "linux")]
        linux::end_all(VARIABLE, &self.own);
        #[cfg(not(target_os = "linux"))]
        let _ = &self.own;
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.sweep();
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process};

    const ASKED: Duration = Duration::from_secs(2);
    const GIVEN_UP: Duration = Duration::from_secs(5);

    pub(super) fn end_all(variable: &str, own: &str) {
        let started = Instant::now();
        loop {
            let carriers = carriers(variable, own);
            if carriers.is_empty() || started.elapsed() > GIVEN_UP {
                return;
            }
            let signal = if started.elapsed() < ASKED { Signal::TERM } else { Signal::KILL };
            for pid in carriers {
                // It may have ended by itself since it was listed.
                let _ = kill_process(pid, signal);
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// The living processes that carry the mark, this one left out. A zombie has no environment.
    fn carriers(variable: &str, own: &str) -> Vec<Pid> {
        let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
        processes
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|&pid| pid != std::process::id().cast_signed())
            .filter(|pid| {
                let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                environment.split(|&byte| byte == 0).any(|entry| carries(entry, variable, own))
            })
            .filter_map(Pid::from_raw)
            .collect()
    }

    fn carries(entry: &[u8], variable: &str, own: &str) -> bool {
        std::str::from_utf8(entry)
            .ok()
            .and_then(|entry| entry.strip_prefix(variable)?.strip_prefix('='))
            .is_some_and(|marks| marks.split('/').any(|mark| mark == own))
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use super::Mark;

    /// Starts a shell that detaches a grandchild, and waits for the grandchild's id.
    fn detached(mark: &Mark) -> u32 {
        let mut shell = Command::new("sh");
        shell.args(["-c", "setsid sleep 600 >/dev/null 2>&1 & echo $!"]).stdout(Stdio::piped());
        mark.put_on(&mut shell);
        let mut shell = shell.spawn().unwrap();
        let mut id = String::new();
        shell.stdout.take().unwrap().read_to_string(&mut id).unwrap();
        shell.wait().unwrap();
        id.trim().parse().unwrap()
    }

    fn alive(id: u32) -> bool {
        let stat = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat"));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[test]
    fn a_detached_grandchild_ends_with_its_mark() {
        let mark = Mark::new();
        let grandchild = detached(&mark);
        assert!(alive(grandchild));
        drop(mark);
        assert!(!alive(grandchild));
    }

    #[test]
    fn what_carries_another_mark_is_left_alone() {
        let ours = Mark::new();
        let theirs = Mark::new();
        let stranger = detached(&theirs);
        drop(ours);
        assert!(alive(stranger));
    }
}
