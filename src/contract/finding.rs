//! What does an instance not carry, and who needs it?

use serde::Serialize;

/// Something that an instance cannot carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of trouble.
    pub kind: FindingKind,
    /// The resource: `acumatica/Bill`.
    pub resource: String,
    /// The field, action or filter of it; none for the resource as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong.
    pub message: String,
    /// The remedy.
    pub help: String,
    /// The version of the vendor's own endpoint that brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What the instance has instead, perhaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// Who needs it; empty where it is only asked for with the rest of the record.
    pub used_by: Vec<UsedBy>,
}

/// A mapping that needs something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UsedBy {
    /// The mapping.
    pub mapping: String,
    /// The row of the published table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// `mappings/subcontracts.yaml:24`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// What kind of trouble a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// The instance has no such endpoint.
    EndpointMissing,
    /// The contract has no such entity.
    EntityMissing,
    /// The contract has no such field.
    FieldMissing,
    /// A field holds something else.
    TypeDiffers,
    /// A field takes fewer characters.
    LengthDiffers,
    /// The instance wants a field that no row fills.
    RequiredField,
    /// The contract has no such action, or none with such parameters.
    ActionMissing,
    /// The entity has no such custom field.
    CustomFieldMissing,
    /// The field stands outside the contract, and nothing at hand says whether the instance has it.
    OutsideContract,
}

impl FindingKind {
    /// Its word: `field-missing`.
    pub fn word(self) -> &'static str {
        match self {
            Self::EndpointMissing => "endpoint-missing",
            Self::EntityMissing => "entity-missing",
            Self::FieldMissing => "field-missing",
            Self::TypeDiffers => "type-differs",
            Self::LengthDiffers => "length-differs",
            Self::RequiredField => "required-field",
            Self::ActionMissing => "action-missing",
            Self::CustomFieldMissing => "custom-field-missing",
            Self::OutsideContract => "outside-contract",
        }
    }
}
