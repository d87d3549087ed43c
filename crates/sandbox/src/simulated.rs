//! The table of the simulated services. Another one is a module of its own, a row here, and its account.

use std::{fmt, sync::Arc};

use axum::{
    Router,
    response::{IntoResponse, Response},
};

use crate::{
    accounts, coze, jimeng, momoget, rawugc, scenario::Scenario, state::State, transcriptgenerate,
    trouble::Answer,
};

/// A simulated service: all that the rest of the sandbox knows of it.
pub(crate) struct Simulated {
    /// Its word, as in `Sandbox::base_url`.
    pub(crate) id: &'static str,
    /// The path before its routes.
    pub(crate) base_path: &'static str,
    pub(crate) account: &'static [(&'static str, &'static str)],
    pub(crate) routes: &'static [Route],
    pub(crate) router: fn() -> Router<Arc<State>>,
    /// Its documented answer for the word of a refusal; `None` for the other words.
    pub(crate) refusal: fn(&State, Scenario) -> Option<Response>,
}

/// A documented operation of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// Behind the base path, with the service's own names: `/videos/{videoId}`.
    pub(crate) template: &'static str,
    /// Whether a call may cost money.
    pub(crate) spends: bool,
}

impl Route {
    /// An operation that costs nothing.
    pub(crate) const fn read(method: &'static str, template: &'static str) -> Self {
        Self { method, template, spends: false }
    }

    /// An operation that may cost money.
    pub(crate) const fn spend(method: &'static str, template: &'static str) -> Self {
        Self { method, template, spends: true }
    }
}

/// As it is counted, behind the service's word: `GET /videos/{videoId}`.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

pub(crate) const ALL: &[Simulated] = &[
    Simulated {
        id: "momoget",
        base_path: "/momoget/api/v1",
        account: accounts::MOMOGET,
        routes: momoget::ROUTES,
        router: momoget::router,
        refusal: |_, scenario| momoget::refusal_of(scenario).map(Answer::into_response),
    },
    Simulated {
        id: "coze",
        base_path: "/coze",
        account: accounts::COZE,
        routes: coze::ROUTES,
        router: coze::router,
        refusal: |_, scenario| coze::refusal_of(scenario).map(Answer::into_response),
    },
    Simulated {
        // Found by its path only: a name leads to the first row that has it.
        id: "coze",
        base_path: "/coze-com",
        account: accounts::COZE_COM,
        routes: coze::ROUTES,
        router: coze::international_router,
        refusal: |_, scenario| coze::refusal_of(scenario).map(Answer::into_response),
    },
    Simulated {
        id: "transcriptgenerate",
        base_path: "/transcriptgenerate/open-gateway",
        account: accounts::TRANSCRIPTGENERATE,
        routes: transcriptgenerate::ROUTES,
        router: transcriptgenerate::router,
        refusal: |_, scenario| transcriptgenerate::refusal_of(scenario).map(Answer::into_response),
    },
    Simulated {
        id: "jimeng",
        base_path: "/jimeng-gateway",
        account: accounts::JIMENG,
        routes: jimeng::ROUTES,
        router: jimeng::router,
        refusal: |_, scenario| jimeng::refusal_of(scenario).map(Answer::into_response),
    },
    Simulated {
        id: "rawugc",
        base_path: "/rawugc/api/v1",
        account: accounts::RAWUGC,
        routes: rawugc::ROUTES,
        router: rawugc::router,
        refusal: rawugc::refusal_of,
    },
];

pub(crate) fn by_id(id: &str) -> Option<&'static Simulated> {
    ALL.iter().find(|simulated| simulated.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_documentation_lists_every_service_with_its_account() {
        let page = include_str!("../../../docs/SANDBOX.md");
        for simulated in ALL {
            let base = format!("| `http://127.0.0.1:PORT{}` |", simulated.base_path);
            assert!(page.contains(&base), "{base}");
            // The workflows have a table of their own.
            let fields = simulated.account.iter().filter(|(name, _)| *name != "workflows");
            for (name, value) in fields {
                assert!(page.contains(&format!("`{name}` = `{value}`")), "{name}");
            }
        }
        for workflow in coze::WORKFLOWS {
            let columns = format!("| `{}` | {} |", workflow.parameter, workflow.gives.what());
            let is_row = |line: &str| line.contains(workflow.id) && line.ends_with(&columns);
            assert!(page.lines().any(is_row), "{}", workflow.id);
        }
    }

    #[test]
    fn no_service_lists_a_route_twice() {
        for simulated in ALL {
            let mut routes: Vec<String> = simulated.routes.iter().map(Route::to_string).collect();
            routes.sort_unstable();
            let listed = routes.len();
            routes.dedup();
            assert_eq!(routes.len(), listed, "{}", simulated.id);
        }
    }
}
