-- Where somebody lives, if they like to say: ISO 3166, such as CH or US-CA. It may raise their least hourly pay.
alter table profiles add column region text;
