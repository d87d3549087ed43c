//! Half a gigabyte that travels as half a megabyte, and what it costs a process of its own to be sent it.

use std::process::Command;

use super::*;
use flate2::{Compress, Compression, Crc, FlushCompress};

const MIB: usize = 1024 * 1024;
/// Bytes that a bomb may cost beyond what a small answer does.
const MOST: u64 = 20 * 1024 * 1024;
/// Where the child finds a small answer and the bomb.
const URLS: &str = "SHIWEN_TEST_BOMB";

/// As many mebibytes of zeros as gzip. All but the first are packed alike, so only two are ever packed.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let zeros = vec![0; MIB];
    let mut crc = Crc::new();
    crc.update(&zeros);
    let mut whole = Crc::new();
    let mut deflate = Compress::new(Compression::best(), false);
    let mut packed = |input: &[u8], flush| {
        let mut out = Vec::with_capacity(2 * MIB);
        deflate.compress_vec(input, &mut out, flush).unwrap();
        out
    };
    let first = packed(&zeros, FlushCompress::Sync);
    let next = packed(&zeros, FlushCompress::Sync);
    let end = packed(&[], FlushCompress::Finish);
    (0..mebibytes).for_each(|_| whole.combine(&crc));
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let size = u32::try_from(mebibytes * MIB).unwrap();
    let tail = [whole.sum().to_le_bytes(), size.to_le_bytes()].concat();
    [&head[..], &first, &next.repeat(mebibytes - 1), &end, &tail].concat()
}

#[test]
fn a_bomb_is_gzip_from_its_first_byte_to_its_sum() {
    let mut unpacked = Vec::new();
    let packed = bomb(4);
    std::io::copy(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
    assert!(unpacked.len() == 4 * MIB && unpacked.iter().all(|byte| *byte == 0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn half_a_gigabyte_of_zeros_costs_less_than_twenty_megabytes() {
    if let Ok(urls) = std::env::var(URLS) {
        return measure(&urls).await;
    }
    let bomb = bomb(512);
    assert!(bomb.len() < MIB, "{} bytes", bomb.len());
    let small = Server::start(Script::Reply(answer("200 OK", "", b"{}"))).await;
    let reply = answer("200 OK", "Content-Encoding: gzip\r\n", &bomb);
    let large = Server::start(Script::Reply(reply)).await;
    let urls = format!("{} {}", small.url("/x"), large.url("/x"));

    let child = tokio::task::spawn_blocking(move || {
        let name = "hostile::bomb::half_a_gigabyte_of_zeros_costs_less_than_twenty_megabytes";
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(URLS, urls);
        child.output().unwrap()
    });
    let said = child.await.unwrap();

    let text = String::from_utf8_lossy(&said.stdout);
    let grown: Vec<u64> =
        text.lines().filter_map(|line| line.split_once("grown by ")?.1.parse().ok()).collect();
    assert_eq!(grown.len(), 3, "{text}{}", String::from_utf8_lossy(&said.stderr));
    println!("a bomb of 512 MiB: at most {} bytes more", grown.iter().max().unwrap());
    assert!(grown.iter().all(|bytes| *bytes < MOST), "{grown:?}");
}

/// The child: reads the bomb in each of the three ways in which answers are read whole.
#[cfg(target_os = "linux")]
async fn measure(urls: &str) {
    let (small, large) = urls.split_once(' ').unwrap();
    let (small, large) = (Url::parse(small).unwrap(), Url::parse(large).unwrap());
    let sender = sandbox();
    for purpose in [Purpose::Spend, Purpose::Read] {
        send(&sender, &request(small.clone(), purpose)).await.unwrap();
        let before = forget_peak();
        let result = send(&sender, &request(large.clone(), purpose)).await;
        assert_eq!(Outcome::of(&result), Outcome::Ambiguous(Cause::TooLarge, Some(200)));
        println!("grown by {}", status("VmHWM:").saturating_sub(before));
    }
    sender.fetch_public(&small, BODY_CAP).await.unwrap();
    let before = forget_peak();
    let fetched = sender.fetch_public(&large, BODY_CAP).await;
    assert!(matches!(fetched, Err(FetchError::TooLarge)), "{fetched:?}");
    println!("grown by {}", status("VmHWM:").saturating_sub(before));
}

/// Lets the peak begin anew (proc(5), `clear_refs`) and says what is used now, in bytes.
#[cfg(target_os = "linux")]
fn forget_peak() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    status("VmRSS:")
}

#[cfg(target_os = "linux")]
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
