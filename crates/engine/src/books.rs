//! What a create call cost, as far as anybody knows.

use std::time::Duration;

use shiwen_core::{Allowance, Operation, Timestamp};
use shiwen_providers::Service;
use shiwen_store::Spent;

/// An allowance that was learned longer ago says nothing about one call: the account may have been used elsewhere.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// What one task costs, from the provider's list of prices.
pub(crate) fn price(
    service: &dyn Service,
    operation: Operation,
    model: Option<&str>,
) -> Option<u32> {
    let form = service.forms().iter().find(|form| form.operation == Some(operation));
    let of_model = |model| form?.costs.get(model).copied();
    model.and_then(of_model).or_else(|| of_model("")).or(service.card().cost)
}

/// What was spent: what the provider said, else its price.
pub(crate) fn spent(
    service: &dyn Service,
    (operation, model): (Operation, Option<&str>),
    said: Option<u32>,
    certain: bool,
) -> Spent {
    let amount = said.or_else(|| price(service, operation, model));
    Spent { unit: service.card().unit, amount, said: said.is_some(), certain }
}

/// What a call for several links took, which no price list says: the difference that it made to the allowance, where
/// that is what the call can have made.
pub(crate) fn difference(
    before: Option<&Allowance>,
    after: Option<&Allowance>,
    links: usize,
    now: Timestamp,
) -> Option<u32> {
    let (before, after) = (before?, after?);
    if before.unit != after.unit || now.since(before.learned_at) > FRESH {
        return None;
    }
    let took = before.left?.checked_sub(after.left?)?;
    (1..=links).contains(&(took as usize)).then_some(took)
}

#[cfg(test)]
mod tests {
    use shiwen_core::Unit;

    use super::*;

    #[test]
    fn the_difference_of_two_allowances_counts_only_where_one_call_can_have_made_it() {
        let now = Timestamp(1_790_000_000_000);
        let allowance = |left, learned_at| Allowance {
            unit: Unit::Use,
            left,
            total: None,
            period: None,
            learned_at,
        };
        let took = |before, after| {
            difference(Some(&allowance(before, now)), Some(&allowance(after, now)), 5, now)
        };
        assert_eq!(took(Some(42), Some(37)), Some(5));
        assert_eq!(took(Some(42), Some(41)), Some(1));
        assert_eq!(took(Some(42), Some(36)), None, "more than there were links");
        assert_eq!(took(Some(42), Some(42)), None);
        assert_eq!(took(Some(42), Some(50)), None, "bought in between");
        assert_eq!(took(None, Some(37)), None);
        let old = allowance(Some(42), Timestamp(now.0 - 3_600_000));
        assert_eq!(difference(Some(&old), Some(&allowance(Some(37), now)), 5, now), None);
        assert_eq!(difference(None, Some(&allowance(Some(37), now)), 5, now), None);
    }
}
