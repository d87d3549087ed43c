//! What helps to find out what went wrong, without a key and without a word of the user's text.

use std::fmt::Write;

use shiwen_core::TaskDetail;

pub(crate) fn of_task(detail: &TaskDetail) -> String {
    let task = &detail.task;
    let mut text = format!(
        "Shiwen {} · {} {}\n{} · {} · {} · {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        task.provider,
        task.operation,
        task.state,
        task.link.as_ref().map_or("-", |link| link.platform.as_str()),
    );
    for attempt in &detail.attempts {
        let outcome = attempt.outcome.map_or("open", |outcome| outcome.as_str());
        let took = attempt.ended_at.map_or(0, |end| end.since(attempt.intent_at).as_millis());
        // Writing into a String cannot fail.
        let _ = write!(text, "attempt {}: {outcome}, {took} ms", attempt.number);
        if let Some(id) = &attempt.remote_id {
            let _ = write!(text, ", id {id}");
        }
        if let Some(failure) = &attempt.failure {
            let _ = write!(text, ", {failure}");
        }
        text.push('\n');
    }
    if let Some(failure) = &task.failure {
        let _ = writeln!(text, "failure: {failure}");
        if let Some(trace) = &failure.trace_id {
            let _ = writeln!(text, "trace: {trace}");
        }
    }
    text
}
