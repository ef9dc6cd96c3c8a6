Require Import List Ring_polynom Ring_theory InitialRing RealField.
Fixpoint factors (i : positive) (powers : list N) (before : PExpr Z) : PExpr Z :=
  match powers with
  | nil => before
  | N0 :: rest => factors (Pos.succ i) rest before
  | n :: rest => factors (Pos.succ i) rest (PEmul before (PEpow (PEX Z i) n))
  end.
Definition monomial (m : Z * list N) : PExpr Z := factors 1 (snd m) (PEc (fst m)).
Definition poly (p : list (Z * list N)) : PExpr Z :=
  match p with nil => PEc 0%Z | m :: rest => fold_left (fun before n => PEadd before (monomial n)) rest (monomial m) end.
Definition at_ (env : list R) (e : PExpr Z) : R := PEeval 0 1 Rplus Rmult Rminus Ropp IZR N.to_nat pow env e.
Definition zero (e : PExpr Z) : bool :=
  Peq Zeq_bool (norm_aux 0%Z 1%Z Z.add Z.mul Z.sub Z.opp Zeq_bool e) (Pc 0%Z).
Lemma IZR_morphism : ring_morph 0 1 Rplus Rmult Rminus Ropp eq 0%Z 1%Z Z.add Z.mul Z.sub Z.opp Zeq_bool IZR.
Proof.
  split; try reflexivity; [ apply plus_IZR | apply minus_IZR | apply mult_IZR | apply opp_IZR |].
  intros x y E. apply Zeq_bool_eq in E. rewrite E. reflexivity.
Qed.
Lemma R_extension : ring_eq_ext Rplus Rmult Ropp eq.
Proof. split; [ intros a b E c d F | intros a b E c d F | intros a b E ]; rewrite E, ?F; reflexivity. Qed.
Lemma R_almost : almost_ring_theory 0 1 Rplus Rmult Rminus Ropp eq.
Proof. exact (Rth_ARth (Eqsth R) R_extension RTheory). Qed.
Lemma zero_ok env e : zero e = true -> at_ env e = 0.
Proof.
  intro H. unfold at_. rewrite (norm_aux_spec (Eqsth R) R_extension R_almost IZR_morphism R_power_theory env e).
  exact (Peq_ok (Eqsth R) R_extension IZR_morphism _ _ H env).
Qed.
Inductive sign := Positive | Weak | Null | Nonzero.
Definition holds (env : list R) (f : sign * PExpr Z) : Prop :=
  match fst f with
  | Positive => 0 < at_ env (snd f) | Weak => 0 <= at_ env (snd f)
  | Null => at_ env (snd f) = 0 | Nonzero => at_ env (snd f) <> 0
  end.
Fixpoint all_hold (env : list R) (facts : list (sign * PExpr Z)) : Prop :=
  match facts with nil => True | f :: rest => holds env f /\ all_hold env rest end.
Definition no_fact : sign * PExpr Z := (Null, PEc 0%Z).
Lemma nth_holds env facts i : all_hold env facts -> holds env (nth i facts no_fact).
Proof.
  revert i. induction facts as [|f facts IH]; intros [|i] H; simpl in *; try reflexivity; [ apply H | apply IH, H ].
Qed.
(* a product of facts, the coefficient in front: (strict, e), with e >= 0, and e > 0 if strict *)
Fixpoint times (facts : list (sign * PExpr Z)) (powers : list (nat * bool)) (before : bool * PExpr Z)
  : option (bool * PExpr Z) :=
  match powers with
  | nil => Some before
  | (i, squared) :: rest =>
    let (strict, e) := before in let (s, f) := nth i facts no_fact in
    match s, squared with
    | Positive, false => times facts rest (strict, PEmul e f)
    | Weak, false => times facts rest (false, PEmul e f)
    | Nonzero, true => times facts rest (strict, PEmul e (PEmul f f))
    | _, _ => None
    end
  end.
Definition signed env (t : bool * PExpr Z) : Prop := 0 <= at_ env (snd t) /\ (fst t = true -> 0 < at_ env (snd t)).
Lemma times_ok env facts powers before after : all_hold env facts -> signed env before ->
  times facts powers before = Some after -> signed env after.
Proof.
  intro H. revert before. induction powers as [|[i q] powers IH]; intros [s e] B E; simpl in E.
  - injection E as E. rewrite <- E. exact B.
  - assert (F := nth_holds env facts i H). destruct (nth i facts no_fact) as [g f]. unfold holds in F. simpl in F.
    destruct B as [W S]. simpl in W, S.
    destruct g, q; try discriminate E; refine (IH _ _ E); unfold at_ in *;
      (split; simpl; unfold at_; [ | intro T; try discriminate T; specialize (S T) ]).
    + apply Rmult_le_pos; lra.
    + apply Rmult_lt_0_compat; lra.
    + apply Rmult_le_pos; lra.
    + apply Rmult_le_pos; [ exact W | apply (Rle_0_sqr (PEeval _ _ _ _ _ _ _ _ _ env f)) ].
    + apply Rmult_lt_0_compat; [ exact S | apply (Rsqr_pos_lt _ F) ].
Qed.
Definition product : Type := Z * list (nat * bool) * option (PExpr Z).
Definition expanded (facts : list (sign * PExpr Z)) (t : product) : option (bool * PExpr Z) :=
  let '(c, powers, square) := t in
  if (0 <? c)%Z then
    match times facts powers (true, PEc c), square with
    | Some (strict, e), None => Some (strict, e)
    | Some (_, e), Some q => Some (false, PEmul e (PEmul q q))
    | None, _ => None
    end
  else None.
Lemma expanded_ok env facts t e : all_hold env facts -> expanded facts t = Some e -> signed env e.
Proof.
  destruct t as [[c powers] square]. unfold expanded. intros H E. destruct (Z.ltb_spec 0 c) as [P|P]; [ | discriminate E ].
  apply IZR_lt in P. destruct (times facts powers (true, PEc c)) as [[s f]|] eqn:T; [ | destruct square; discriminate E ].
  assert (B : signed env (true, @PEc Z c)) by (split; simpl; unfold at_; simpl; lra).
  assert (S := times_ok _ _ _ _ _ H B T). destruct square as [q|]; injection E as E; rewrite <- E; [ | exact S ].
  destruct S as [W _]. split; simpl; [ | discriminate ]. unfold at_ in *. simpl in *.
  apply Rmult_le_pos; [ exact W | apply (Rle_0_sqr (PEeval _ _ _ _ _ _ _ _ _ env q)) ].
Qed.
Fixpoint total (facts : list (sign * PExpr Z)) (products : list product) (before : bool * PExpr Z)
  : option (bool * PExpr Z) :=
  match products with
  | nil => Some before
  | t :: rest => match expanded facts t with
    | Some (s, e) => total facts rest (orb (fst before) s, PEadd (snd before) e) | None => None end
  end.
Lemma total_ok env facts products before after : all_hold env facts -> signed env before ->
  total facts products before = Some after -> signed env after.
Proof.
  intro H. revert before. induction products as [|t products IH]; intros [s e] B E; simpl in E.
  - injection E as E. rewrite <- E. exact B.
  - destruct (expanded facts t) as [[r f]|] eqn:T; [ | discriminate E ].
    assert (F := expanded_ok _ _ _ _ H T). refine (IH _ _ E). destruct B as [W S], F as [V P]. simpl in *.
    split; simpl; unfold at_ in *; simpl; [ lra |]. intro O. apply Bool.orb_prop in O.
    destruct O as [O|O]; [ specialize (S O) | specialize (P O) ]; lra.
Qed.
Fixpoint plus_null (facts : list (sign * PExpr Z)) (nulls : list (nat * PExpr Z)) (before : PExpr Z) : option (PExpr Z) :=
  match nulls with
  | nil => Some before
  | (i, q) :: rest => match nth i facts no_fact with
    | (Null, f) => plus_null facts rest (PEadd before (PEmul q f)) | _ => None end
  end.
Lemma plus_null_ok env facts nulls before after : all_hold env facts -> plus_null facts nulls before = Some after ->
  at_ env after = at_ env before.
Proof.
  intro H. revert before. induction nulls as [|[i q] nulls IH]; intros e E; simpl in E; [ injection E as E; rewrite E; reflexivity |].
  assert (F := nth_holds env facts i H). destruct (nth i facts no_fact) as [g f]. unfold holds in F. simpl in F.
  destruct g; try discriminate E. rewrite (IH _ E). unfold at_ in *. simpl. rewrite F. ring.
Qed.
Definition refuted (facts : list (sign * PExpr Z)) (products : list product) (nulls : list (nat * PExpr Z)) : bool :=
  match total facts products (false, PEc 0%Z) with
  | Some (true, e) => match plus_null facts nulls e with Some f => zero f | None => false end
  | _ => false
  end.
Lemma refuted_ok env facts products nulls : all_hold env facts -> refuted facts products nulls = true -> False.
Proof.
  intros H. unfold refuted. destruct (total facts products (false, PEc 0%Z)) as [[[|] e]|] eqn:T; try discriminate.
  destruct (plus_null facts nulls e) as [f|] eqn:N; [ | discriminate ]. intro Y.
  assert (B : signed env (false, @PEc Z 0%Z)) by (split; simpl; [ unfold at_; simpl; lra | discriminate ]).
  destruct (total_ok _ _ _ _ _ H B T) as [_ P]. specialize (P eq_refl). simpl in P.
  rewrite <- (plus_null_ok _ _ _ _ _ H N), (zero_ok env f Y) in P. lra.
Qed.
Lemma same_ok env a b : zero (PEsub a b) = true -> at_ env a = at_ env b.
Proof. intro H. apply (zero_ok env) in H. unfold at_ in *. simpl in H. lra. Qed.
