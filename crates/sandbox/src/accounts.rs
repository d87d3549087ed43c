//! The invented accounts: fields by the names that the program gives them, with their values.
//! Every other credential gets the refusal that the service documents.

pub(crate) const MOMOGET_USER_ID: &str = "5a4d0b0c-0000-4000-8000-000000000001";

/// Starts workflows and reads their history.
pub(crate) const COZE_TOKEN: &str = "pat_sandbox";
/// Reads the history only, as the vendor's own examples have two tokens.
pub(crate) const COZE_HISTORY_TOKEN: &str = "cztei_sandbox";
/// A service token, which its owner let run workflows and nothing else.
pub(crate) const COZE_SERVICE_TOKEN: &str = "sat_sandbox";
pub(crate) const COZE_TRANSCRIPT_WORKFLOW: &str = "7400000000000000001";
pub(crate) const COZE_INFO_WORKFLOW: &str = "7400000000000000002";
pub(crate) const COZE_PLAIN_TRANSCRIPT_WORKFLOW: &str = "7400000000000000003";
pub(crate) const COZE_NEW_INFO_WORKFLOW: &str = "7400000000000000004";
/// Of the international host; its tokens and workflows are its own.
pub(crate) const COZE_COM_TOKEN: &str = "pat_sandbox_com";
pub(crate) const COZE_COM_TRANSCRIPT_WORKFLOW: &str = "7500000000000000001";

pub(crate) const TRANSCRIPTGENERATE_KEY: &str = "ak_sandbox";
pub(crate) const TRANSCRIPTGENERATE_SECRET: &str = "sk_sandbox";
/// Another account, whose allowance has no end.
pub(crate) const TRANSCRIPTGENERATE_UNLIMITED_KEY: &str = "ak_sandbox_all";
pub(crate) const TRANSCRIPTGENERATE_UNLIMITED_SECRET: &str = "sk_sandbox_all";

pub(crate) const JIMENG_KEY: &str = "sk_sandbox_jm";

pub(crate) const RAWUGC_KEY: &str = "rug_sandbox";

pub(crate) const MOMOGET: &[(&str, &str)] = &[("user_id", MOMOGET_USER_ID)];

pub(crate) const COZE: &[(&str, &str)] = &[
    ("token", COZE_TOKEN),
    ("history_token", COZE_HISTORY_TOKEN),
    (
        "workflows",
        r#"[
            {"name":"口播文案","id":"7400000000000000001","input":"input","gives":"transcript","run":"async"},
            {"name":"视频信息","id":"7400000000000000002","input":"input","gives":"info","run":"sync"},
            {"name":"纯文字文案","id":"7400000000000000003","input":"url","gives":"transcript","run":"stream"},
            {"name":"视频信息（新）","id":"7400000000000000004","input":"share_text","gives":"info","run":"sync"}
        ]"#,
    ),
];

pub(crate) const TRANSCRIPTGENERATE: &[(&str, &str)] =
    &[("api_key", TRANSCRIPTGENERATE_KEY), ("api_secret", TRANSCRIPTGENERATE_SECRET)];

pub(crate) const JIMENG: &[(&str, &str)] = &[("api_key", JIMENG_KEY), ("submit", "on")];

pub(crate) const RAWUGC: &[(&str, &str)] = &[("api_key", RAWUGC_KEY)];

pub(crate) const COZE_COM: &[(&str, &str)] = &[
    ("token", COZE_COM_TOKEN),
    ("workflows", r#"[{"name":"Transcript","id":"7500000000000000001"}]"#),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_saved_workflows_are_those_that_are_played() {
        let saved = COZE.iter().find(|(name, _)| *name == "workflows").unwrap().1;
        let saved: Vec<serde_json::Value> = serde_json::from_str(saved).unwrap();
        let ids: Vec<_> = saved.iter().map(|row| row["id"].as_str().unwrap()).collect();
        let played = [
            COZE_TRANSCRIPT_WORKFLOW,
            COZE_INFO_WORKFLOW,
            COZE_PLAIN_TRANSCRIPT_WORKFLOW,
            COZE_NEW_INFO_WORKFLOW,
        ];
        assert_eq!(ids, played);
        assert!(COZE_COM[1].1.contains(COZE_COM_TRANSCRIPT_WORKFLOW));
    }
}
