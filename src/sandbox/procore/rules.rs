//! How do both systems behave on the wire? What differs from one Procore resource to the next, as one value for each.

use super::problem::Reasons;
use super::state::State;
use super::store::{Collection, Row};
use super::write::Draft;
use crate::schema::Kind;
use crate::value::Record;

/// What a resource does in its own way; everything else is done alike for all.
pub(crate) struct Rules {
    /// Where its records are kept.
    pub(crate) collection: Collection,
    /// The schema its fields come from.
    pub(crate) schema: Option<&'static str>,
    /// The field of that schema that holds these records, when they are lines.
    pub(crate) lines: Option<&'static str>,
    /// Fields that are written under another name: written → kept.
    pub(crate) renamed: &'static [(&'static str, &'static str)],
    /// Fields that can be written and that the schema does not tell of.
    pub(crate) extra: &'static [(&'static str, Kind)],
    /// Fields that `sync` does not know.
    pub(crate) plain_only: &'static [&'static str],
    /// Fields of the schema that stand in the body beside the record.
    pub(crate) beside: &'static [&'static str],
    /// Fields that a record must have.
    pub(crate) required: &'static [&'static str],
    /// What the presence of an external id locks (BR-07).
    pub(crate) lock: Lock,
    /// Decimals go out as JSON numbers rather than as text.
    pub(crate) numbers: bool,
    /// The shape of its refusals.
    pub(crate) refusal: Refusal,
    /// 413 rather than 422 for more than a thousand rows.
    pub(crate) large_is_413: bool,
    /// Names that `filters[…]` knows here; others are passed over without a word.
    pub(crate) filters: &'static [&'static str],
    /// Fields by which `sort` orders.
    pub(crate) sorts: &'static [&'static str],
    /// Views that show less: view → fields.
    pub(crate) views: &'static [(&'static str, &'static [&'static str])],
    /// Fields that come only with one view: the view, and the fields.
    pub(crate) on_request: Option<(&'static str, &'static [&'static str])>,
    /// Fields that come only when the record is asked for alone.
    pub(crate) whole_only: &'static [&'static str],
    /// The list is wrapped in `data`.
    pub(crate) in_data: bool,
    /// Whose time of change follows when the lines of it change.
    pub(crate) part_of: Option<Collection>,
    /// Rows of a page when none are asked for; 0 where the list has no pages.
    pub(crate) page: usize,
    /// Checks references and works out what follows from the fields.
    pub(crate) settle: fn(&mut State, &mut Draft, &mut Reasons),
    /// Adds what a read shows beyond the kept fields.
    pub(crate) show: fn(&State, &Row, &mut Record, Shown),
}

/// What the presence of an external id locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Nothing.
    Nothing,
    /// These fields, against everybody but the integration (which writes through `sync`).
    Fields(&'static [&'static str]),
    /// Everything but the external id itself.
    Whole,
}

/// The shape of a resource's refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 422 with reasons by field.
    ByField,
    /// 422 with code, message, fields and reason.
    Flat,
    /// 409 for what is there already, else 422 with reasons by field.
    Conflict,
}

/// How much of a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// As in lists and in the answer to `sync`.
    Listed,
    /// As when it is asked for alone.
    Whole,
}

impl Rules {
    /// Rules of nothing in particular, to be filled in.
    pub(crate) const USUAL: Self = Self {
        collection: Collection::Vendors,
        schema: None,
        lines: None,
        renamed: &[],
        extra: &[],
        plain_only: &[],
        beside: &[],
        required: &[],
        lock: Lock::Nothing,
        numbers: false,
        refusal: Refusal::ByField,
        large_is_413: false,
        filters: &["id", "origin_id", "created_at", "updated_at"],
        sorts: &["id", "created_at", "updated_at"],
        views: &[],
        on_request: None,
        whole_only: &[],
        in_data: false,
        part_of: None,
        page: 100,
        settle: |_, _, _| (),
        show: |_, _, _, _| (),
    };
}
