SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.calls (
    id text NOT NULL,
    code text NOT NULL,
    title text,
    kind text NOT NULL,
    state text NOT NULL,
    creator_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    empty_since timestamp with time zone,
    max_participants integer NOT NULL,
    CONSTRAINT calls_kind_check CHECK ((kind = ANY (ARRAY['now'::text, 'scheduled'::text, 'standing'::text]))),
    CONSTRAINT calls_max_participants_check CHECK ((max_participants >= 2)),
    CONSTRAINT calls_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'open'::text, 'live'::text, 'ended'::text, 'expired'::text, 'cancelled'::text])))
);
CREATE TABLE public.invites (
    id text NOT NULL,
    call_id text NOT NULL,
    made_by text NOT NULL,
    secret_hash text NOT NULL,
    role text NOT NULL,
    uses_left integer,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT invites_role_check CHECK ((role = ANY (ARRAY['listener'::text, 'speaker'::text, 'moderator'::text, 'host'::text]))),
    CONSTRAINT invites_uses_left_check CHECK ((uses_left >= 0))
);
CREATE TABLE public.memberships (
    call_id text NOT NULL,
    user_id text NOT NULL,
    role text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['listener'::text, 'speaker'::text, 'moderator'::text, 'host'::text])))
);
CREATE TABLE public.participants (
    id text NOT NULL,
    call_id text NOT NULL,
    user_id text,
    display_name text NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    leave_reason text,
    muted boolean NOT NULL,
    deafened boolean NOT NULL,
    on_hold boolean NOT NULL,
    listen_only boolean NOT NULL,
    hand_raised_at timestamp with time zone,
    CONSTRAINT participants_role_check CHECK ((role = ANY (ARRAY['listener'::text, 'speaker'::text, 'moderator'::text, 'host'::text])))
);
CREATE TABLE public.schema_migrations (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);
CREATE TABLE public.users (
    id text NOT NULL,
    display_name text NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['guest'::text, 'member'::text, 'admin'::text, 'owner'::text])))
);
INSERT INTO public.calls VALUES ('call-ended', '0000-0000-0001', 'Größe', 'now', 'ended', 'owner', '2026-03-29 01:30:00+00', '2026-03-29 01:30:10+00', '2026-03-30 01:30:00+00', '2026-03-29 01:40:00+00', 'ended-by-host', NULL, 2);
INSERT INTO public.calls VALUES ('call-open', '0000-0000-0002', NULL, 'now', 'open', 'owner', '2026-03-29 01:30:05+00', NULL, '2029-05-29 11:16:39+00', NULL, NULL, NULL, 100);
INSERT INTO public.calls VALUES ('call-live', '0000-0000-0003', '', 'standing', 'live', 'guest', '2026-03-29 01:30:05+00', '2026-03-29 01:30:06+00', '2029-05-29 11:16:39+00', NULL, NULL, '2026-03-29 01:41:40+00', 6);
INSERT INTO public.invites VALUES ('invite', 'call-ended', 'owner', 'abc', 'speaker', 3, '2026-03-29 01:30:00+00', '2026-03-30 01:30:00+00', NULL);
INSERT INTO public.invites VALUES ('revoked', 'call-open', 'owner', 'def', 'listener', NULL, '2026-03-29 01:30:00+00', NULL, '2026-03-29 01:31:40+00');
INSERT INTO public.memberships VALUES ('call-ended', 'owner', 'host', '2026-03-29 01:30:00+00');
INSERT INTO public.memberships VALUES ('call-ended', 'guest', 'speaker', '2026-03-29 01:30:09+00');
INSERT INTO public.memberships VALUES ('call-live', 'guest', 'host', '2026-03-29 01:30:05+00');
INSERT INTO public.participants VALUES ('one', 'call-ended', 'owner', 'Ada', 'host', '2026-03-29 01:30:10+00', '2026-03-29 01:40:00+00', 'ended', false, false, false, false, NULL);
INSERT INTO public.participants VALUES ('two', 'call-ended', NULL, 'Жук', 'speaker', '2026-03-29 01:30:11+00', '2026-03-29 01:36:40+00', 'lost', true, false, true, false, '2026-03-29 01:35:00+00');
INSERT INTO public.schema_migrations VALUES (1, 'first', '96f6d7195ec6119fdf9f6bd7543275f2d65b3bef9dee1958e24f60542ac1f105', '2026-11-21 18:32:12.71275+00');
INSERT INTO public.users VALUES ('owner', 'Ada “Countess” Lovelace', 'owner', '2026-03-29 01:30:00+00');
INSERT INTO public.users VALUES ('guest', 'Жук 甲虫 🪲', 'guest', '2026-03-29 01:30:01+00');
ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (call_id, user_id);
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX calls_code ON public.calls USING btree (code);
CREATE INDEX calls_creator ON public.calls USING btree (creator_id, state);
CREATE INDEX calls_empty ON public.calls USING btree (empty_since) WHERE ((state = 'live'::text) AND (empty_since IS NOT NULL));
CREATE INDEX calls_expiry ON public.calls USING btree (expires_at) WHERE (state = 'open'::text);
CREATE INDEX calls_length ON public.calls USING btree (started_at) WHERE (state = 'live'::text);
CREATE INDEX invites_call ON public.invites USING btree (call_id);
CREATE UNIQUE INDEX invites_secret ON public.invites USING btree (secret_hash);
CREATE INDEX memberships_user ON public.memberships USING btree (user_id, call_id);
CREATE INDEX participants_call ON public.participants USING btree (call_id, joined_at);
CREATE INDEX participants_present ON public.participants USING btree (call_id, joined_at, id) WHERE (left_at IS NULL);
CREATE INDEX participants_user ON public.participants USING btree (user_id);
CREATE UNIQUE INDEX users_owner ON public.users USING btree (role) WHERE (role = 'owner'::text);
ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_creator_id_fkey FOREIGN KEY (creator_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invites
    ADD CONSTRAINT invites_made_by_fkey FOREIGN KEY (made_by) REFERENCES public.users(id);
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
