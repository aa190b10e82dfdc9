-- Augmented variants of released clips: what a program made of them while the release was built.
create table release_variants (
  release_id text not null references releases (id),
  parent_clip_id text not null,
  number bigint not null,
  clip_id text not null,
  -- How it was made, and what was measured on it, as JSON.
  recipe text not null,
  report text not null,
  path text not null,
  sha256 text not null,
  size_bytes bigint not null,
  primary key (release_id, parent_clip_id, number)
);
