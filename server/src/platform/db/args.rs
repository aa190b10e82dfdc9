//! Arguments of a statement: tuples, bound for either database.

use super::DbResult;
use serde::Serialize;
use sqlx::{
    Arguments, Encode, Postgres, Type,
    any::{Any, AnyArguments},
    postgres::PgArguments,
};

/// A value that both databases can store.
pub trait Value<'t>: Encode<'t, Any> + Type<Any> + Encode<'t, Postgres> + Type<Postgres> + Send {}
impl<'t, V> Value<'t> for V where V: Encode<'t, Any> + Type<Any> + Encode<'t, Postgres> + Type<Postgres> + Send {}

/// A tuple of [`Value`]s, bound to `$1`, `$2`, ….
pub trait Args<'t>: Send {
    /// The values themselves.
    fn plain(self) -> DbResult<AnyArguments>;
    /// The same as PostgreSQL takes them.
    fn pg(self, to: &mut PgArguments) -> DbResult<()>;
}

impl Args<'_> for AnyArguments {
    fn plain(self) -> DbResult<AnyArguments> {
        Ok(self)
    }
    fn pg(self, to: &mut PgArguments) -> DbResult<()> {
        *to = self.convert_into().map_err(sqlx::Error::Encode)?;
        Ok(())
    }
}

/// A value as JSON: how several go into one argument.
///
/// # Errors
/// When it cannot be written so, which is a fault of ours.
pub fn json(value: &(impl Serialize + ?Sized)) -> DbResult<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn bound(result: Result<(), sqlx::error::BoxDynError>) -> DbResult<()> {
    result.map_err(sqlx::Error::Encode)
}

macro_rules! args {
    ($($name:ident)*) => {
        impl<'t, $($name: Value<'t>),*> Args<'t> for ($($name,)*) {
            #[allow(non_snake_case, unused_mut)]
            fn plain(self) -> DbResult<AnyArguments> {
                let ($($name,)*) = self;
                let mut all = AnyArguments::default();
                $(bound(Arguments::add(&mut all, $name))?;)*
                Ok(all)
            }
            #[allow(non_snake_case, unused_variables)]
            fn pg(self, to: &mut PgArguments) -> DbResult<()> {
                let ($($name,)*) = self;
                $(bound(Arguments::add(to, $name))?;)*
                Ok(())
            }
        }
    };
}
args!();
args!(A);
args!(A B);
args!(A B C);
args!(A B C D);
args!(A B C D E);
args!(A B C D E F);
args!(A B C D E F G);
args!(A B C D E F G H);
args!(A B C D E F G H I);
args!(A B C D E F G H I J);
args!(A B C D E F G H I J K);
args!(A B C D E F G H I J K L);
args!(A B C D E F G H I J K L M);
args!(A B C D E F G H I J K L M N);
args!(A B C D E F G H I J K L M N O);
args!(A B C D E F G H I J K L M N O P);
args!(A B C D E F G H I J K L M N O P Q);
