//! The shape of a mapping file, key by key. These types are also the source of `schemas/mapping.schema.json`.

use schemars::JsonSchema;

use super::literal::{Literal, Named, OneOrMany, Rows};
use super::word::Word;
use crate::diagnostic::Place;

/// How records of one resource become records of another: one table of the published data mapping.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Mapping {
    /// The mapping's name: that of its file, without `.yaml`.
    pub mapping: Word,
    /// What people call the pair.
    pub title: Word,
    /// What an approver is told before they accept an export: what cannot be undone.
    pub caution: Option<Word>,
    /// `export` carries Procore records to Acumatica, `import` Acumatica records to Procore.
    #[schemars(extend("enum" = ["export", "import"]))]
    pub direction: Word,
    /// The resource that is read: `procore/…` or `acumatica/…`, as named under `schemas/`.
    pub source: Word,
    /// The resource that is written.
    pub target: Word,
    /// The mapping whose links (and published table) this one shares: it carries the same pair the other way, or from another
    /// source. Its own by default.
    pub pair: Option<Word>,
    /// The mapping runs only where this expression over `settings` is true.
    pub enabled: Option<Word>,
    /// Where a company-wide source record names its project (a path), `each` to run it once per synced project, or the link whose
    /// project it is.
    pub project: Option<Belongs>,
    /// Related records, put beside the record under a name.
    #[schemars(default, with = "std::collections::BTreeMap<String, Join>")]
    pub join: Vec<Named<Join>>,
    /// Makes each member of a list (a path such as `$.Details[*]`) a record of its own.
    pub unfold: Option<Word>,
    /// Makes records with equal keys one.
    pub group: Option<Group>,
    /// Further lists of the record: lines of one of its lists with equal keys made one.
    #[schemars(default, with = "std::collections::BTreeMap<String, Regroup>")]
    pub lists: Vec<Named<Regroup>>,
    /// Only records for which this expression is true are offered.
    pub when: Option<Word>,
    /// What an offered record must fulfil; where it does not, it is held with the reason.
    #[schemars(default)]
    pub require: Vec<Require>,
    /// Mappings that must run before this one, beside those that its links name.
    #[schemars(default)]
    pub needs: Vec<Word>,
    /// Target fields by which a record that is already there is recognised.
    #[schemars(default)]
    pub identity: Vec<Word>,
    /// What the accounting approver sees, and may change, on acceptance.
    #[schemars(default, with = "std::collections::BTreeMap<String, Ask>")]
    pub ask: Vec<Named<Ask>>,
    /// The table: one entry per target field, in the table's order.
    pub fields: Vec<Field>,
    /// What follows the write, each guarded by the status it needs.
    #[schemars(default)]
    pub steps: Vec<Step>,
    /// What the source record learns: a field of it → an expression over `target`.
    #[schemars(default, with = "std::collections::BTreeMap<String, String>")]
    pub write_back: Vec<Named<Word>>,
    /// Problems that somebody has looked at and lets stand anywhere in the mapping, by their codes; `because` says why.
    #[schemars(default)]
    pub allow: Vec<Word>,
    /// Why `allow` lets them stand.
    pub because: Option<Word>,
    /// Why the mapping is as it is.
    pub note: Option<Word>,
}

/// One rule: a target field and where its value comes from. Exactly one of `from`, `expr`, `value`, `link` and `each`
/// gives the value; an entry without `to` only declares rows that have no field, with a `note`. Several entries with `each` may
/// fill one list: their lines follow one another.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Field {
    /// The rows of the published table that this rule carries: `id: [Procore label, Acumatica label]`, or the id of a row
    /// declared above.
    pub row: Option<Rows>,
    /// The target field; dots reach into records.
    pub to: Option<Word>,
    /// A JSONPath (RFC 9535) into the record, or into the line.
    pub from: Option<Word>,
    /// A Rhai expression.
    pub expr: Option<Word>,
    /// A constant.
    pub value: Option<Literal>,
    /// The other side of a link.
    pub link: Option<Link>,
    /// Lines: a path to the members of a list, each mapped by `fields`.
    pub each: Option<Word>,
    /// With `each`: a path to the line's id, so that every line gets a link of its own. Of several parts, of which some may be
    /// plain words (`[item, $.id]`), where lines from different places go into one list.
    pub key: Option<OneOrMany>,
    /// With `each` and `key`: the field of the target's line that `linked_line` gives, as the line stands after the steps.
    pub linked_as: Option<Word>,
    /// With `each`: the rules of a line.
    #[schemars(default)]
    pub fields: Vec<Self>,
    /// Taken when the value is absent, null or blank.
    pub default: Option<Literal>,
    /// The field is sent only when this expression is true.
    pub when: Option<Word>,
    /// Reads the value as text, decimal, integer, date, instant, percent or boolean.
    #[schemars(rename = "as", extend("enum" = ["text", "decimal", "integer", "date", "instant", "percent", "boolean", null]))]
    pub as_: Option<Word>,
    /// Most characters the text may have, if fewer than the target holds.
    #[schemars(with = "Option<u32>")]
    pub max_length: Option<Word>,
    /// Whose value it is once the record is there: `source` writes ours over what people made of it at the target, `target` leaves theirs and
    /// sends ours with a new record only. Where nobody says so, a field that both sides changed is held for a person.
    #[schemars(extend("enum" = ["source", "target", null]))]
    pub owner: Option<Word>,
    /// What happens to a longer text: `refuse` (default) or `truncate`.
    #[schemars(extend("enum" = ["refuse", "truncate", null]))]
    pub on_overflow: Option<Word>,
    /// Problems of this rule that somebody has looked at and lets stand, by their codes; `because` says why.
    #[schemars(default)]
    pub allow: Vec<Word>,
    /// Why `allow` lets them stand.
    pub because: Option<Word>,
    /// Why the rule is as it is.
    pub note: Option<Word>,
    /// Its bytes in each file that a part of it stands in.
    #[schemars(skip)]
    pub extents: Vec<Place>,
    /// Something in it has been told already, so that what seems to be missing is not told as well.
    #[schemars(skip)]
    pub flawed: bool,
}

/// The other side of a link: the target system's key of a record that an earlier mapping brought over.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Link {
    /// The mapping whose links are asked.
    pub mapping: Word,
    /// A path, or several for a key of several parts, to the source system's id or key.
    pub from: Option<OneOrMany>,
    /// An expression that gives the id or key instead.
    pub expr: Option<Word>,
}

/// What is read and put beside the source record under the join's name. Exactly one of `key`, `id` and `all` says what: one record,
/// or a list of them.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Join {
    /// The resource, of the source's system.
    pub resource: Word,
    /// Paths in the source record that give the related record's key, part by part.
    #[schemars(default)]
    pub key: Vec<Word>,
    /// A path in the source record that gives the related record's id, as its system numbers it.
    pub id: Option<Word>,
    /// An expression that gives the related record's id; it may look at what the joins above have put there.
    pub expr: Option<Word>,
    /// All records whose fields equal these values: a field of theirs → a path in the source record. Of a resource that belongs to
    /// projects: those of the record's project. `{}` is every one.
    #[schemars(with = "Option<std::collections::BTreeMap<String, String>>")]
    pub all: Option<Vec<Named<Word>>>,
    /// Only records for which this is true have anything beside them.
    pub when: Option<Word>,
}

/// Which project a record belongs to.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Belongs {
    /// The one that it names at this path, or `each`.
    Named(Word),
    /// That of another record's link.
    Linked(LinkedProject),
}

/// The project of a link: a record without such a link is not offered.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct LinkedProject {
    /// The mapping whose links are asked.
    pub of: Word,
    /// Paths to the source system's id or key of the linked record, part by part.
    pub from: Vec<Word>,
}

/// A condition of an offered record, and why the record is held where it is false.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Require {
    /// The condition.
    pub that: Word,
    /// The reason, for the person who can help; `${…}` prints a value into it.
    pub otherwise: Word,
}

/// Records with equal keys become one record: the fields of the first, and all of them under a name.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Group {
    /// Paths whose values make the key.
    pub by: Vec<Word>,
    /// The name of the list that holds the members.
    #[schemars(rename = "as")]
    pub as_: Word,
}

/// A list made from another of the record's: lines with equal keys become one line, the fields of the first, with all of them
/// under a name.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Regroup {
    /// A path to the members of the list that it is made from.
    pub of: Word,
    /// Paths in a line whose values make the key.
    pub by: Vec<Word>,
    /// The name under which a line holds its members.
    #[schemars(rename = "as")]
    pub as_: Word,
}

/// A value that the accounting approver confirms or changes.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Ask {
    /// What the approver sees beside it.
    pub label: Word,
    /// A path to its first value.
    pub from: Option<Word>,
    /// An expression that gives its first value.
    pub expr: Option<Word>,
    /// Reads the value as this kind.
    #[schemars(rename = "as", extend("enum" = ["text", "decimal", "integer", "date", "instant", "percent", "boolean", null]))]
    pub as_: Option<Word>,
    /// Whether the approver must give one where nothing is filled in. This and the following are the rules that an ERP connection of
    /// Procore declares (BR-13), in its words.
    #[schemars(with = "Option<bool>")]
    pub present: Option<Word>,
    /// Whether it must be a number.
    #[schemars(with = "Option<bool>")]
    pub numeric: Option<Word>,
    /// Whether it must be more than nothing.
    #[schemars(with = "Option<bool>")]
    pub positive: Option<Word>,
    /// Most characters it may have.
    #[schemars(with = "Option<u32>")]
    pub max_length: Option<Word>,
    /// Most digits behind the decimal point.
    #[schemars(with = "Option<u32>")]
    pub max_length_decimal: Option<Word>,
    /// Most digits before the decimal point.
    #[schemars(with = "Option<u32>")]
    pub max_length_units: Option<Word>,
    /// Most characters of each of its lines.
    #[schemars(with = "Option<u32>")]
    pub max_line_length: Option<Word>,
}

/// An action after the write.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// The action of the target resource.
    pub action: Word,
    /// The status in which it is taken; in any other it is skipped, so that repeating it is harmless.
    pub from: Word,
    /// The status that it leads to.
    pub to: Word,
    /// Only when this expression over `settings` is true.
    pub when: Option<Word>,
}
