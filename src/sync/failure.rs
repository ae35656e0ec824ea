//! What ends a run: a system out of reach, a state file that cannot be kept, a wrong request of the operator.

use thiserror::Error;

use crate::connector::ConnectorError;
use crate::store::StoreError;

/// Why a run cannot go on. What was done before is remembered, and the next run goes on from there.
#[derive(Debug, Error)]
pub enum Failure {
    /// A system did not do its part.
    #[error(transparent)]
    System(Box<ConnectorError>),
    /// The state file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operator asked for something that is not there.
    #[error("{0}")]
    Asked(String),
    /// The saved plan no longer says what a run would do.
    #[error("the world moved on since the plan was made: {0}")]
    MovedOn(String),
}

impl From<ConnectorError> for Failure {
    fn from(error: ConnectorError) -> Self {
        Self::System(Box::new(error))
    }
}
