//! What answers and consensus together tell about labels, people and models.

pub mod bias;
pub mod confusion;
pub mod label_noise;
pub mod machine;
