//! The sandbox as a client sees it, over the wire.

#![expect(clippy::unwrap_used, reason = "all of this is a test")]

mod connections;
mod counts;
mod coze;
mod coze_stream;
mod coze_workflows;
mod http;
mod jimeng;
mod knobs;
mod media;
mod momoget;
mod rawugc;
mod short;
mod transcriptgenerate;
