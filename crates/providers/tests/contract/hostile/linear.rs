//! Time grows with the length of an answer and not faster, wherever its parts repeat.

use std::time::{Duration, Instant};

use shiwen_core::{Operation, ProviderId, Verb};
use shiwen_http::{Response, redact};
use shiwen_providers::{Action, Asked, Job, Step, signed_until};

use crate::support::{EMPTY, NOW, RESOLVE, TRANSCRIBE, answer, asked, of};

const SHORT: usize = 64 * 1024;
const LONG: usize = 1024 * 1024;
/// The long one is 16 times the short one; a square would take 256 times as long.
const MOST: u32 = 64;
/// Below this a clock says nothing about growth, and 16 times it hurts nobody.
const NOTHING: Duration = Duration::from_millis(1);

/// What is read, the beginning of the answer, what is repeated, the end.
type Row = (fn(&Response), &'static str, &'static str, &'static str);

fn created(id: ProviderId, job: Job<'_>) -> impl Fn(&Response) {
    move |response| drop(of(id).read_created(&job, response, NOW))
}

fn followed(id: ProviderId, asked: Asked<'_>) -> impl Fn(&Response) {
    move |response| drop(of(id).read_followed(&asked, response, Duration::from_secs(60), NOW))
}

fn momoget_result(response: &Response) {
    let urls = ["https://a.example/1", "https://a.example/2", "https://a.example/3"];
    let several = Asked { urls: &urls, ..asked("1", Step::Result) };
    followed(ProviderId::Momoget, several)(response);
    followed(ProviderId::Momoget, asked("1", Step::Result))(response);
}

fn transcript(response: &Response) {
    followed(ProviderId::TranscriptGenerate, asked("1", Step::Status))(response);
}

fn run(response: &Response) {
    created(ProviderId::Coze, TRANSCRIBE)(response);
}

fn info(response: &Response) {
    created(ProviderId::Coze, RESOLVE)(response);
}

fn history(response: &Response) {
    followed(ProviderId::Coze, asked("1", Step::Status))(response);
}

fn video(response: &Response) {
    let asked = Asked { operation: Operation::GenerateVideo, ..asked("1", Step::Status) };
    followed(ProviderId::Jimeng, asked)(response);
    followed(ProviderId::RawUgc, asked)(response);
}

fn research(response: &Response) {
    for operation in [Operation::Analyze, Operation::Scrape, Operation::Plan] {
        created(ProviderId::RawUgc, Job { operation, ..TRANSCRIBE })(response);
    }
}

fn listed(response: &Response) {
    for (collection, verb) in [("products", Verb::List), ("viral", Verb::Search)] {
        let action = Action { collection, verb, id: None, input: &EMPTY };
        let _ = of(ProviderId::RawUgc).read_called(&action, response, NOW);
    }
}

fn kept(response: &Response) {
    let _ = redact(&String::from_utf8_lossy(&response.body), &[]);
}

fn signed(response: &Response) {
    let _ = signed_until(&String::from_utf8_lossy(&response.body));
}

const OUTPUT: &str =
    r#"{"code":0,"data":[{"execute_status":"Success","is_output_trimmed":true,"output":"#;
const CUT: &str =
    r#"{"code":0,"data":[{"execute_status":"Success","is_output_trimmed":true,"output":"{\"x\":["#;
const REFUSED: &str = r#"{"code":500,"msg":""#;

/// A number stands for `№`. Units are long enough that the long answer still holds no more values than are read.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    (run, "", "[", ""),
    (run, r#"{"code":0,"data":""#, r#"{\"Output\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"#, "\"}"),
    (run, r#"{"code":0,"data":"["#, r"\\", "\"}"),
    (run, r#"{"code":0,"x":"\ud83d","data":""#, r"\ud83d", "\"}"),
    (run, r#"{"code":0,"data":""#, "\u{202e}", "\"}"),
    (run, "", "id: №\nevent: Message\ndata: {\"content\":\"x\",\"node_id\":\"№\"}\n\n", ""),
    (run, "event: Message\n", "data: x\n", "\n"),
    (run, "event: Message\n\n", "\r\n", ""),
    (info, r#"{"code":0,"data":"{"#, r#"\"№\":\"https://a.example/x.mp4\","#, r#"\"title\":\"x\"}"}"#),
    (info, r#"{"code":0,"data":"{\"title\":\"x\",\"a\":\"https://"#, "一", r#"/x.mp4\"}"}"#),
    (info, r#"{"code":0,"execute_id":"7","debug_url":"https://c.example/?"#, "execute_id=7&", r#""}"#),
    (history, CUT, r#"{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"},"#, r#"{"}]}"#),
    (history, OUTPUT, "\"{", "\"}]}"),
    (history, r#"{"code":0,"data":["#, r#"{"execute_id":"222222222222222222222222222222222222"},"#, "{}]}"),
    (momoget_result, r#"{"status":"completed","items":["#, r#"{"url":"https://a.example/№xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","text":"x"},"#, "{}]}"),
    (momoget_result, r#"{"status":"failed","error_message":""#, "一 ", "\"}"),
    (transcript, REFUSED, "a://b@c?d ", "\"}"),
    (transcript, REFUSED, "\u{200b} ", "\"}"),
    (transcript, r#"{"code":200,"data":{"status":"SUCCESS","textContent":"x","title":""#, " \u{200b}", "\"}}"),
    (video, r#"{"code":"success","status":"completed","data":{"status":"SUCCESS","data":""#, r"{\\\", "\"}}"),
    (video, r#"{"status":"completed","versions":["#, r#"{"url":"https://a.example/1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","version":№},"#, "{}]}"),
    (video, r#"{"code":"x","message":""#, "1 minute", "\"}"),
    (research, r#"{"scrapeId":"1","videos":["#, r#"{"url":"https://a.example/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","hashtags":["a"]},"#, "{}]}"),
    (research, r#"{"summary":"x","keyframes":["#, r#"{"timestamp":№,"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"#, "{}]}"),
    (research, r#"{"type":"validation_error","errors":{"#, r#""№":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy","#, r#""x":0}}"#),
    (listed, r#"{"products":["#, r#"{"_id":"№","photos":["https://a.example/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]},"#, "{}]}"),
    (kept, "", "sk-a.", ""),
    (kept, "", r#"user_id="\\\\ "#, ""),
    (kept, "https:", r"\\", "/"),
    (signed, "https://a.example/?", "x-amz-date=1&", ""),
    (signed, "https://", "一", "/"),
];

fn body(row: &Row, size: usize) -> Response {
    let (_, begin, unit, end) = row;
    let units = (0..size / unit.len()).map(|n| unit.replace('№', &n.to_string()));
    answer(200, format!("{begin}{}{end}", units.collect::<String>()))
}

fn time(row: &Row, size: usize) -> Duration {
    let response = body(row, size);
    let start = Instant::now();
    row.0(&response);
    start.elapsed()
}

/// Each of four tests has its share, so that they run side by side.
fn check(share: usize) {
    for row in ROWS.iter().skip(share).step_by(4) {
        // Somebody else may use the machine meanwhile, so the best of a few tries counts.
        let grows = |_| {
            let short = time(row, SHORT).max(NOTHING);
            let long = time(row, LONG);
            eprintln!("{} {:?}: {short:?} -> {long:?}", row.1, row.2);
            long / MOST > short
        };
        assert!(!(0..5).all(grows), "{} {}…: more than linear", row.1, row.2);
    }
}

#[test]
fn a_long_answer_takes_its_share_of_time_and_no_more() {
    check(0);
}

#[test]
fn many_parts_take_their_share_of_time_and_no_more() {
    check(1);
}

#[test]
fn deep_answers_take_their_share_of_time_and_no_more() {
    check(2);
}

#[test]
fn long_texts_take_their_share_of_time_and_no_more() {
    check(3);
}
