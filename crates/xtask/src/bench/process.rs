//! What a process and all that it started take of the machine. Linux only.

use std::fs;

use anyhow::{Context, Result};

/// PSS in MB, which counts a page that several processes share once in all.
pub(super) fn pss(first: u32) -> Result<f64> {
    let mut kb = 0;
    for process in family(first) {
        let said = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
        let pss = said.lines().find_map(|line| line.strip_prefix("Pss:"));
        let pss = pss.context("the system tells no PSS")?.trim().trim_end_matches(" kB");
        kb += pss.parse::<u64>()?;
    }
    Ok(kb as f64 / 1024.0)
}

/// Seconds of processor time, since each began.
pub(super) fn cpu(first: u32) -> Result<f64> {
    // Linux shows these times in hundredths of a second on every machine: `USER_HZ` is part of what it promises.
    const HUNDREDTHS: f64 = 100.0;
    let mut ticks = 0;
    for process in family(first) {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The name stands in parentheses and may hold anything; user and system time are the 12th and 13th after it.
        let rest = stat.rsplit_once(") ").context("a stat without a name")?.1;
        for time in rest.split(' ').skip(11).take(2) {
            ticks += time.parse::<u64>()?;
        }
    }
    Ok(ticks as f64 / HUNDREDTHS)
}

/// A process and all that it started.
fn family(first: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|process| {
            let id = process.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(process.path().join("stat")).ok()?;
            // The parent is the second field after the name, which stands in parentheses.
            Some((id, stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?))
        })
        .collect();
    let mut family = vec![first];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        at += 1;
    }
    family
}

#[cfg(test)]
mod tests {
    use super::{cpu, family, pss};

    #[test]
    fn what_a_process_started_is_its_family() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let us = std::process::id();
        let family = family(us);
        assert!(family.contains(&child.id()) && family[0] == us);
        assert!(pss(us).unwrap() > pss(child.id()).unwrap());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn work_takes_processor_time() {
        let us = std::process::id();
        let before = cpu(us).unwrap();
        let begin = std::time::Instant::now();
        while cpu(us).unwrap() - before < 0.1 {
            assert!(begin.elapsed().as_secs() < 20);
        }
    }
}
