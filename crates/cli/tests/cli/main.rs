//! The real program against the sandbox in another process, killed and started again.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_shiwen-cli");

/// A sandbox process and a data folder.
struct Stage {
    sandbox: Child,
    url: String,
    folder: TempDir,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.sandbox.kill().unwrap();
        self.sandbox.wait().unwrap();
    }
}

impl Stage {
    fn new() -> Self {
        let mut sandbox = Command::new(PROGRAM)
            .args(["sandbox", "--pace", "0.05"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { sandbox, url: url.trim().to_owned(), folder: TempDir::new().unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(["--sandbox", "--lang", "zh-CN", "--data-dir"])
            .arg(self.folder.path())
            .args(arguments)
            .env("SHIWEN_SANDBOX_URL", &self.url)
            .env("SHIWEN_SANDBOX_PACE", "0.05")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Create calls that arrived at the sandbox for a link.
    fn creates(&self, url: &str) -> u64 {
        self.calls()["creates_by_link"][url].as_u64().unwrap_or(0)
    }

    /// How often the sandbox was asked where a link leads.
    fn follows(&self, url: &str) -> u64 {
        self.calls()["follows"][url].as_u64().unwrap_or(0)
    }

    fn calls(&self) -> Value {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream
            .write_all(
                b"GET /_sandbox/calls HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// The state of the newest task as another process sees it.
    fn newest_state(&self) -> Option<String> {
        let page: Value = serde_json::from_slice(&self.run(&["tasks", "--json"]).stdout).ok()?;
        page["tasks"][0]["state"].as_str().map(str::to_owned)
    }

    fn until_state(&self, wanted: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.newest_state().as_deref() != Some(wanted) {
            assert!(Instant::now() < deadline, "still {:?}", self.newest_state());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn share_text(code: &str) -> (String, String) {
    let url = format!("https://v.douyin.com/{code}/");
    (format!("7.43 复制打开抖音，看看【灶边老周的作品】红烧肉… {url} 05/17 qRe:/ P@w.SY"), url)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_share_text_becomes_its_transcript_at_each_provider_and_is_not_paid_twice() {
    for provider in ["momoget", "transcriptgenerate", "coze"] {
        let stage = Stage::new();
        let (text, url) = share_text("iRk3xQ7_p2A");
        let first = stage.run(&["transcribe", &text, "--provider", provider]);
        assert!(first.status.success(), "{provider}: {}", said(&first));
        let transcript = String::from_utf8(first.stdout).unwrap();
        assert!(transcript.chars().count() > 100, "{transcript}");

        let second = stage.run(&["transcribe", &text, "--provider", provider]);
        assert_eq!(String::from_utf8(second.stdout).unwrap(), transcript);
        assert_eq!(stage.creates(&url), 1);

        let again = stage.run(&["transcribe", &text, "--provider", provider, "--again"]);
        assert!(again.status.success());
        assert_eq!(stage.creates(&url), 2);
    }
}

#[test]
fn one_video_under_many_short_links_is_paid_for_once() {
    let stage = Stage::new();
    let [one, two, three] = ["sb-same-1-a", "sb-same-1-b", "sb-same-1-c"].map(share_text);
    let transcribed = |arguments: &[&str]| {
        let output = stage.run(arguments);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let transcript = transcribed(&["transcribe", &one.0]);
    assert!(transcript.chars().count() > 100, "{transcript}");
    assert_eq!(transcribed(&["transcribe", &two.0]), transcript);
    assert_eq!(transcribed(&["transcribe", &format!("{}\n{}", three.0, one.0)]), transcript);
    assert_eq!([&one, &two, &three].map(|link| stage.creates(&link.1)), [1, 0, 0]);
    // What was learned once is not asked again.
    assert_eq!([&one, &two, &three].map(|link| stage.follows(&link.1)), [1, 1, 1]);

    transcribed(&["transcribe", &two.0, "--again"]);
    assert_eq!([&one, &two].map(|link| stage.creates(&link.1)), [1, 1]);
}

#[test]
fn without_following_every_short_link_is_a_video_of_its_own() {
    let stage = Stage::new();
    for code in ["sb-same-1-a", "sb-same-1-b"] {
        let (text, url) = share_text(code);
        let output = stage.run(&["transcribe", &text, "--no-follow"]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!((stage.creates(&url), stage.follows(&url)), (1, 0));
    }
}

#[test]
fn a_short_link_that_leads_nowhere_holds_up_no_transcript() {
    let stage = Stage::new();
    let codes = ["sb-slowlink", "sb-nowhere", "sb-foreign", "sb-loop"];
    let texts = codes.map(|code| share_text(code).0).join("\n");
    let output = stage.run(&["transcribe", &texts]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(codes.map(|code| stage.creates(&share_text(code).1)), [1; 4]);

    let profile = stage.run(&["transcribe", &share_text("sb-user").0]);
    assert_eq!(profile.status.code(), Some(3), "{}", said(&profile));
    assert_eq!(stage.creates(&share_text("sb-user").1), 0);
}

#[test]
fn a_translation_is_paid_for_once_and_apart_from_the_spoken_text() {
    let stage = Stage::new();
    let (text, url) = share_text("iRk3xQ7_p2A");
    let transcribed = |more: &[&str]| {
        let arguments = [&["transcribe", &text, "--provider", "transcriptgenerate"], more].concat();
        let output = stage.run(&arguments);
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let spoken = transcribed(&[]);
    let translated = transcribed(&["--translate", "en"]);
    assert_eq!(stage.creates(&url), 2);
    assert!(!translated.is_empty());
    assert_eq!(transcribed(&["--translate", "en"]), translated);
    assert_eq!(transcribed(&[]), spoken);
    assert_eq!(stage.creates(&url), 2);
}

#[test]
fn a_kill_while_submitting_leaves_the_decision_to_the_user() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-hang");
    let mut killed = stage.command(&["transcribe", &text]).spawn().unwrap();
    stage.until_state("submitting");
    while stage.creates(&url) == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    for _ in 0..3 {
        let later = stage.run(&["transcribe", &text]);
        assert_eq!(later.status.code(), Some(5), "{}", said(&later));
        assert!(said(&later).contains("结果未知，可能已扣费"), "{}", said(&later));
    }
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn a_kill_while_running_loses_nothing_and_sends_nothing_again() {
    let stage = Stage::new();
    let (text, url) = share_text("sb-slow");
    let mut killed = stage.command(&["transcribe", &text]).spawn().unwrap();
    stage.until_state("running");
    killed.kill().unwrap();
    killed.wait().unwrap();

    let later = stage.run(&["transcribe", &text]);
    assert!(later.status.success(), "{}", said(&later));
    assert!(String::from_utf8(later.stdout).unwrap().chars().count() > 100);
    assert_eq!(stage.creates(&url), 1);
}

#[test]
fn a_second_process_queues_and_the_owner_submits() {
    let stage = Stage::new();
    let (slow, _) = share_text("sb-slow");
    let mut owner = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    let (text, url) = share_text("second1");
    let second = stage.run(&["transcribe", &text]);
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(stage.creates(&url), 1);
    assert!(owner.wait().unwrap().success());
}

#[test]
fn if_the_owner_is_killed_the_one_that_waits_takes_over() {
    let stage = Stage::new();
    let (slow, slow_url) = share_text("sb-slow");
    let mut owner = stage.command(&["transcribe", &slow]).spawn().unwrap();
    stage.until_state("running");
    let waiting = stage.command(&["transcribe", &slow]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    owner.kill().unwrap();
    owner.wait().unwrap();
    let done = waiting.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(stage.creates(&slow_url), 1);
}

#[test]
fn each_end_has_its_exit_code_and_words() {
    let stage = Stage::new();
    for (text, code, words) in [
        ("今天天气真好", 3, "没有找到链接"),
        (
            "8.91 HIV:/ 复制整段话，打开抖音搜索，直接看「阿岚的厨房手记」的视频 k@p.dN 03/22",
            3,
            "口令",
        ),
        (
            "https://www.douyin.com/user/MS4wLjABAAAAfixture",
            3,
            "https://www.douyin.com/user/MS4wLjABAAAAfixture",
        ),
        ("https://v.douyin.com/sb-badkey/", 4, "密钥无效或已过期"),
        ("https://v.douyin.com/sb-quota/", 4, "次数用完了"),
        ("https://v.douyin.com/sb-unsupported/", 4, "不支持这个平台"),
        ("https://v.douyin.com/sb-fail/", 4, "服务商出错了"),
        ("https://v.douyin.com/sb-html/", 5, "结果未知，可能已扣费"),
        ("https://v.douyin.com/sb-drop-after/", 5, "结果未知，可能已扣费"),
    ] {
        let output = stage.run(&["transcribe", text]);
        assert_eq!(output.status.code(), Some(code), "{text}: {}", said(&output));
        assert!(said(&output).contains(words), "{text}: {}", said(&output));
        assert!(output.stdout.is_empty(), "{text}");
    }
}

#[test]
fn keys_come_from_the_environment_and_are_never_printed() {
    let stage = Stage::new();
    let canary = "canary-user-5b1e77";
    let output = Command::new(PROGRAM)
        .args(["--lang", "zh-CN", "--data-dir"])
        .arg(stage.folder.path().join("real"))
        .args(["transcribe", "https://v.douyin.com/plain01/", "--provider", "momoget"])
        // Not the sandbox: this would ask a real host.
        .arg("--no-follow")
        .env("SHIWEN_MOMOGET_USER_ID", canary)
        .env("SHIWEN_MOMOGET_BASE_URL", format!("{}/momoget/api/v1", stage.url))
        .env("SHIWEN_LOG", "trace")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("密钥无效或已过期"));
    assert!(
        !said(&output).contains(canary)
            && !String::from_utf8_lossy(&output.stdout).contains(canary)
    );
    for file in std::fs::read_dir(stage.folder.path().join("real")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_bytes()));
    }
}

#[test]
fn a_provider_without_a_key_is_said_to_be_not_set_up() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(PROGRAM)
        .args(["--lang", "en", "--data-dir"])
        .arg(folder.path())
        .args(["transcribe", "https://v.douyin.com/plain01/", "--provider", "momoget"])
        // Not the sandbox: this would ask a real host.
        .arg("--no-follow")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
}

#[test]
fn a_file_of_a_newer_version_or_no_database_is_left_as_it_is() {
    let newer = {
        let mut header = vec![0_u8; 4096];
        header[..16].copy_from_slice(b"SQLite format 3\0");
        header[60..64].copy_from_slice(&999_u32.to_be_bytes());
        header[68..72].copy_from_slice(&0x5368_5765_u32.to_be_bytes());
        header
    };
    for (bytes, words) in [
        (newer, "更新的拾文"),
        (b"just a text file, longer than a header".repeat(9), "数据文件坏了"),
    ] {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("shiwen.db");
        std::fs::write(&file, &bytes).unwrap();
        let output = Command::new(PROGRAM)
            .args(["--lang", "zh-CN", "--data-dir"])
            .arg(folder.path())
            .arg("tasks")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(words), "{}", said(&output));
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
}

#[test]
fn extract_answers_json_lines_in_order() {
    let mut child = Command::new(PROGRAM)
        .args(["extract", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = [("x1", "看看 https://v.douyin.com/iRk3xQ7_p2A/ 05/17"), ("x2", "没有链接")];
    let mut input = child.stdin.take().unwrap();
    for (id, text) in asked {
        writeln!(input, "{}", serde_json::json!({ "id": id, "text": text })).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let answers: Vec<BTreeMap<String, Value>> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers[0]["id"], "x1");
    assert_eq!(answers[0]["links"][0]["url"], "https://v.douyin.com/iRk3xQ7_p2A/");
    assert_eq!(answers[0]["links"][0]["platform"], "douyin");
    assert_eq!(answers[1]["links"], serde_json::json!([]));
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let mut child = Command::new(PROGRAM)
        .args(["extract", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    for id in 0..2000 {
        let asked =
            serde_json::json!({ "id": id, "text": "看看 https://v.douyin.com/iRk3xQ7_p2A/" });
        if writeln!(input, "{asked}").is_err() {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", said(&output));
}

#[test]
fn a_line_that_cannot_be_read_holds_up_no_other() {
    let mut child = Command::new(PROGRAM)
        .args(["extract", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"not json\n{\"id\":\"x\",\"text\":\"https://b23.tv/t7Kq2Lm\"}\n").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines[0]["error"].is_string());
    assert_eq!(lines[1]["links"][0]["platform"], "bilibili");
}

#[test]
fn a_provider_that_is_not_set_up_is_named_with_its_variables() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(PROGRAM)
        .args(["--lang", "zh-CN", "--data-dir"])
        .arg(folder.path())
        .args([
            "transcribe",
            "--no-follow",
            "https://v.douyin.com/plain01/",
            "--provider",
            "momoget",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert!(said(&output).contains("SHIWEN_MOMOGET_USER_ID"), "{}", said(&output));
}

#[test]
fn av_and_bv_links_of_one_video_are_one_bill() {
    let stage = Stage::new();
    let text =
        "https://www.bilibili.com/video/av170001/ https://www.bilibili.com/video/BV17x411w7KC";
    let output = stage.run(&["transcribe", text]);
    assert!(output.status.success(), "{}", said(&output));
    let page: Value = serde_json::from_slice(&stage.run(&["tasks", "--json"]).stdout).unwrap();
    assert_eq!(page["total"], 1);
}

#[test]
fn hosts_that_hang_do_not_hide_a_video_that_history_has() {
    let stage = Stage::new();
    let first = stage.run(&["transcribe", "https://v.douyin.com/sb-same-1-a/"]);
    assert!(first.status.success(), "{}", said(&first));
    let hanging: Vec<String> = (1..=6).map(|n| format!("https://b23.tv/sb-slowlink-{n}")).collect();
    let text = format!("{} https://v.douyin.com/sb-same-1-b/", hanging.join(" "));
    let second = stage.run(&["transcribe", &text]);
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(stage.creates("https://v.douyin.com/sb-same-1-b/"), 0);
}
