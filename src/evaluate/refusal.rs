//! Why a record cannot be mapped: every reason, each with the field, the line and the rule it came from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why no draft could be made of a record. The run goes on without it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Every reason.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The target field that could not be filled.
    pub field: Option<String>,
    /// The source id of the line, when it is one of a line.
    pub line: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Where the rule stands: `mappings/subcontracts.yaml:24`.
    pub place: Option<String>,
}

impl Refusal {
    /// A refusal of the whole record for one reason.
    pub fn whole(message: impl Into<String>) -> Self {
        Self { reasons: vec![Reason { message: message.into(), ..Reason::default() }] }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, reason) in self.reasons.iter().enumerate() {
            if at > 0 {
                formatter.write_str("; ")?;
            }
            reason.fmt(formatter)?;
        }
        Ok(())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(formatter, "`{field}`")?;
            if let Some(line) = &self.line {
                write!(formatter, " of line {line}")?;
            }
            formatter.write_str(": ")?;
        }
        formatter.write_str(&self.message)?;
        match &self.place {
            Some(place) => write!(formatter, " ({place})"),
            None => Ok(()),
        }
    }
}
