Require Import List.
Require ClassicalDedekindReals.
Definition some_roots (f : R -> R) (lo hi : R) (n : nat) : Prop :=
  exists l : list R, NoDup l /\ length l = n /\ forall x, In x l -> lo < x /\ x < hi /\ f x = 0.
Definition many f lo hi n : {~ ~ some_roots f lo hi n} + {~ ~ ~ some_roots f lo hi n} :=
  match ClassicalDedekindReals.sig_not_dec (some_roots f lo hi n) with left H => left H | right H => right (fun K => K H) end.
Fixpoint most f lo hi (n : nat) : nat :=
  match n with O => O | S m => if many f lo hi m then m else most f lo hi m end.
Definition count_roots (f : R -> R) (lo hi : R) : R :=
  match ClassicalDedekindReals.sig_forall_dec (fun n => ~ ~ some_roots f lo hi n) (many f lo hi) with
  | inleft H => INR (most f lo hi (proj1_sig H)) | inright _ => 0 end.

Lemma nodup_left (l m : list R) : NoDup (l ++ m) -> NoDup l.
Proof.
  induction l as [|a l IH]; intro D; [ constructor |]. inversion D as [|u v N M]. constructor; [ | exact (IH M) ].
  intro A. apply N. apply in_or_app. left. exact A.
Qed.
Lemma nodup_app (l m : list R) : NoDup l -> NoDup m -> (forall x, In x l -> In x m -> False) -> NoDup (l ++ m).
Proof.
  induction l as [|a l IH]; intros D E S; [ exact E |]. inversion D as [|u v N M]. simpl. constructor.
  - intro A. apply in_app_or in A. destruct A as [A|A]; [ exact (N A) | apply (S a); [ left; reflexivity | exact A ] ].
  - apply IH; [ exact M | exact E |]. intros x A. apply S. right. exact A.
Qed.
Definition exactly (f : R -> R) (lo hi : R) (n : nat) : Prop :=
  exists l : list R, NoDup l /\ length l = n /\ forall x, In x l <-> lo < x /\ x < hi /\ f x = 0.
Lemma exactly_some f lo hi k n : exactly f lo hi k -> (n <= k)%nat -> some_roots f lo hi n.
Proof.
  intros [l [D [E H]]] L. exists (firstn n l). split; [ | split ].
  - rewrite <- (firstn_skipn n l) in D. exact (nodup_left _ _ D).
  - apply firstn_length_le. lia.
  - intros x A. apply H. rewrite <- (firstn_skipn n l). apply in_or_app. left. exact A.
Qed.
Lemma some_exactly f lo hi k n : exactly f lo hi k -> some_roots f lo hi n -> (n <= k)%nat.
Proof.
  intros [l [_ [E H]]] [m [D [F K]]]. rewrite <- E, <- F. apply (NoDup_incl_length D).
  intros x A. apply H. apply K. exact A.
Qed.
Lemma count_is f lo hi k : exactly f lo hi k -> count_roots f lo hi = INR k.
Proof.
  intro H. unfold count_roots.
  assert (A : forall n, ~ ~ some_roots f lo hi n -> (n <= k)%nat).
  { intros n N. destruct (le_lt_dec n k) as [L|L]; [ exact L | exfalso ]. apply N. intro S.
    apply (some_exactly _ _ _ _ _ H) in S. lia. }
  destruct (ClassicalDedekindReals.sig_forall_dec _ _) as [[n N]|N]; simpl.
  - assert (L : (k < n)%nat).
    { destruct (le_lt_dec n k) as [L|L]; [ exfalso | exact L ]. apply N. intro S. apply S.
      exact (exactly_some _ _ _ _ _ H L). }
    f_equal. clear N. induction n as [|n IH]; [ lia |]. simpl. destruct (many f lo hi n) as [M|M].
    + apply A in M. lia.
    + apply IH. destruct (Nat.eq_dec n k) as [E|E]; [ exfalso | lia ]. apply M. intro S. apply S.
      rewrite E. exact (exactly_some _ _ _ _ _ H (le_n k)).
  - exfalso. specialize (A (S k) (N (S k))). lia.
Qed.
Lemma exactly_join f a b c j k i : a < b -> b < c -> exactly f a b j -> exactly f b c k ->
  (f b = 0 /\ i = 1%nat \/ f b <> 0 /\ i = 0%nat) -> exactly f a c (j + i + k).
Proof.
  intros L M [l [D [E H]]] [m [G [F K]]] Z.
  assert (N : exists w, NoDup w /\ length w = i /\ forall x, In x w <-> x = b /\ f x = 0).
  { destruct Z as [[Z I]|[Z I]]; rewrite I.
    - exists (b :: nil). split; [ repeat constructor; simpl; tauto | split; [ reflexivity |] ].
      intro x. simpl. split; [ intros [B|[]]; rewrite <- B; auto | intros [B _]; left; auto ].
    - exists nil. split; [ constructor | split; [ reflexivity |] ].
      intro x. simpl. split; [ tauto | intros [B C]; rewrite B in C; exact (Z C) ]. }
  destruct N as [w [W [V U]]]. exists (l ++ w ++ m). split; [ | split ].
  - apply nodup_app; [ exact D | apply nodup_app; [ exact W | exact G |] |].
    + intros x A B. apply U in A. apply K in B. lra.
    + intros x A B. apply H in A. apply in_app_or in B. destruct B as [B|B]; [ apply U in B | apply K in B ]; lra.
  - rewrite !app_length. lia.
  - intro x. rewrite !in_app_iff, H, U, K. split.
    + intros [A|[[A B]|A]]; [ | rewrite A; rewrite A in B | ]; repeat split; try lra; tauto.
    + intros [A [B C]]. destruct (Rtotal_order x b) as [T|[T|T]]; tauto.
Qed.
Fixpoint horner (c : list Z) (u : R) : R := match c with nil => 0 | a :: b => IZR a + u * horner b u end.
Fixpoint weakly (c : list Z) : bool := match c with nil => true | a :: b => (0 <=? a)%Z && weakly b end.
Fixpoint strongly (c : list Z) : bool := match c with nil => false | a :: b => (0 <? a)%Z || strongly b end.
Lemma horner_weak c u : weakly c = true -> 0 < u -> 0 <= horner c u.
Proof.
  intros W P. induction c as [|a c IH]; simpl in *; [ lra |]. apply andb_prop in W. destruct W as [A W].
  apply Z.leb_le in A. apply IZR_le in A. specialize (IH W).
  assert (0 <= u * horner c u) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma horner_strong c u : weakly c = true -> strongly c = true -> 0 < u -> 0 < horner c u.
Proof.
  intros W S P. induction c as [|a c IH]; simpl in *; [ discriminate |]. apply andb_prop in W. destruct W as [A W].
  apply Z.leb_le in A. apply IZR_le in A. assert (T := horner_weak c u W P).
  destruct (Z.ltb_spec 0 a) as [L|L].
  - apply IZR_lt in L. assert (0 <= u * horner c u) by (apply Rmult_le_pos; lra). lra.
  - simpl in S. specialize (IH W S). assert (0 < u * horner c u) by (apply Rmult_lt_0_compat; lra). lra.
Qed.
Lemma horner_grows c u v : weakly c = true -> 0 < u -> u <= v -> horner c u <= horner c v.
Proof.
  intros W P L. induction c as [|a c IH]; simpl in *; [ lra |]. apply andb_prop in W. destruct W as [_ W].
  specialize (IH W). assert (T := horner_weak c u W P).
  assert (u * horner c u <= v * horner c v) by (apply Rmult_le_compat; lra). lra.
Qed.
Lemma cross b u v : weakly b = true -> 0 < u -> u < v -> u ^ length b * horner b v <= v ^ length b * horner b u.
Proof.
  intros W P L. induction b as [|a b IH]; simpl in *; [ lra |]. apply andb_prop in W. destruct W as [A W].
  apply Z.leb_le in A. apply IZR_le in A. specialize (IH W).
  assert (X : u ^ length b <= v ^ length b) by (apply pow_incr; lra).
  assert (Y : 0 < u ^ length b) by (apply pow_lt; lra).
  assert (Z : u * u ^ length b <= v * v ^ length b) by (apply Rmult_le_compat; lra).
  assert (U : IZR a * (u * u ^ length b) <= IZR a * (v * v ^ length b)) by (apply Rmult_le_compat_l; lra).
  assert (V : (u * v) * (u ^ length b * horner b v) <= (u * v) * (v ^ length b * horner b u)).
  { apply Rmult_le_compat_l; [ apply Rlt_le, Rmult_lt_0_compat; lra | lra ]. }
  lra.
Qed.
Lemma cross_strictly b u v : weakly b = true -> strongly b = true -> 0 < u -> u < v ->
  u ^ length b * horner b v < v ^ length b * horner b u.
Proof.
  intros W S P L. induction b as [|a b IH]; simpl in *; [ discriminate |]. apply andb_prop in W. destruct W as [A W].
  apply Z.leb_le in A. apply IZR_le in A. assert (IHw := cross b u v W P L).
  assert (X : u ^ length b <= v ^ length b) by (apply pow_incr; lra).
  assert (Y : 0 < u ^ length b) by (apply pow_lt; lra).
  assert (T : 0 < u * v) by (apply Rmult_lt_0_compat; lra).
  assert (Z : u * u ^ length b < v * v ^ length b).
  { apply Rlt_le_trans with (v * u ^ length b);
      [ apply Rmult_lt_compat_r; lra | apply Rmult_le_compat_l; lra ]. }
  destruct (Z.ltb_spec 0 a) as [M|M].
  - apply IZR_lt in M.
    assert (U : IZR a * (u * u ^ length b) < IZR a * (v * v ^ length b)) by (apply Rmult_lt_compat_l; lra).
    assert (V : (u * v) * (u ^ length b * horner b v) <= (u * v) * (v ^ length b * horner b u)).
    { apply Rmult_le_compat_l; lra. }
    lra.
  - simpl in S. specialize (IH W S).
    assert (U : IZR a * (u * u ^ length b) <= IZR a * (v * v ^ length b)) by (apply Rmult_le_compat_l; lra).
    assert (V : (u * v) * (u ^ length b * horner b v) < (u * v) * (v ^ length b * horner b u)).
    { apply Rmult_lt_compat_l; lra. }
    lra.
Qed.
Definition descartes (b d : list Z) (u : R) : R := u ^ length b * horner d u - horner b u.
Lemma descartes_once b d u v : weakly b = true -> strongly b = true -> weakly d = true -> 0 < u -> u < v ->
  descartes b d u = 0 -> descartes b d v = 0 -> False.
Proof.
  unfold descartes. intros W S D P L E F.
  assert (C := cross_strictly b u v W S P L). assert (G := horner_grows d u v D P (Rlt_le _ _ L)).
  replace (horner b u) with (u ^ length b * horner d u) in C by lra.
  replace (horner b v) with (v ^ length b * horner d v) in C by lra.
  assert (A : 0 < u ^ length b) by (apply pow_lt; lra). assert (B : 0 < v ^ length b) by (apply pow_lt; lra).
  assert (T : 0 < u ^ length b * v ^ length b) by (apply Rmult_lt_0_compat; lra).
  assert (K := Rmult_le_compat_l _ _ _ (Rlt_le _ _ T) G). lra.
Qed.
Lemma inside a b x : a < x -> x < b -> exists u, 0 < u /\ x = (a + b * u) / (1 + u).
Proof.
  intros L M. exists ((x - a) / (b - x)). split; [ apply Rdiv_lt_0_compat; lra | field; split; lra ].
Qed.
Lemma inside_order a b u v : a < b -> 0 < u -> 0 < v -> (a + b * u) / (1 + u) < (a + b * v) / (1 + v) -> u < v.
Proof.
  intros L P Q H. assert (T : 0 < (1 + u) * (1 + v)) by (apply Rmult_lt_0_compat; lra).
  apply (Rmult_lt_compat_r ((1 + u) * (1 + v))) in H; [ | exact T ].
  replace ((a + b * u) / (1 + u) * ((1 + u) * (1 + v))) with ((a + b * u) * (1 + v)) in H by (field; lra).
  replace ((a + b * v) / (1 + v) * ((1 + u) * (1 + v))) with ((a + b * v) * (1 + u)) in H by (field; lra).
  assert (E : 0 < (b - a) * (v - u)) by lra.
  destruct (Rlt_le_dec u v) as [A|A]; [ exact A | exfalso ].
  assert (F : 0 <= (b - a) * (u - v)) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma exactly_none f a b K n c : weakly c = true -> strongly c = true ->
  (forall u, 0 < u -> K * f ((a + b * u) / (1 + u)) * (1 + u) ^ n = horner c u) -> exactly f a b 0.
Proof.
  intros W S H. exists nil. split; [ constructor | split; [ reflexivity |] ].
  intro x. split; [ intros [] | intros [L [M E]] ]. destruct (inside a b x L M) as [u [P X]].
  specialize (H u P). rewrite <- X, E in H. assert (T := horner_strong c u W S P). simpl. lra.
Qed.
Lemma exactly_one f a b K n c d p q : weakly c = true -> strongly c = true -> weakly d = true ->
  (forall u, 0 < u -> K * f ((a + b * u) / (1 + u)) * (1 + u) ^ n = descartes c d u) ->
  continuity f -> a <= p -> p < q -> q <= b -> f p * f q < 0 -> exactly f a b 1.
Proof.
  intros W S D H C L M N G. destruct (root f p q C (Rlt_le _ _ M) (Rlt_le _ _ G)) as [r [A [B E]]].
  assert (p <> r) by (intro X; rewrite X in G; rewrite E in G; lra).
  assert (r <> q) by (intro X; rewrite <- X in G; rewrite E in G; lra).
  exists (r :: nil). split; [ repeat constructor; simpl; tauto | split; [ reflexivity |] ].
  intro x. split; [ intros [X|[]]; rewrite <- X; repeat split; lra | intros [I [J F]]; left ].
  destruct (inside a b x I J) as [v [Q Y]]. destruct (inside a b r) as [u [P X]]; [ lra | lra |].
  assert (U := H u P). assert (V := H v Q). rewrite <- X, E in U. rewrite <- Y, F in V.
  destruct (Rtotal_order r x) as [T|[T|T]]; [ exfalso | exact T | exfalso ];
    rewrite X, Y in T; apply inside_order in T; try lra.
  - apply (descartes_once c d u v); lra || assumption.
  - apply (descartes_once c d v u); lra || assumption.
Qed.
Lemma exactly_same f g a b n : (forall x, f x = 0 <-> g x = 0) -> exactly f a b n -> exactly g a b n.
Proof. intros S [l [D [E H]]]. exists l. split; [ exact D | split; [ exact E |] ]. intro x. rewrite <- S. apply H. Qed.
Lemma count_same f g lo hi a b : lo = a -> hi = b -> (forall x, f x = g x) -> count_roots f lo hi = count_roots g a b.
Proof.
  intros E F H. rewrite <- E, <- F. f_equal. apply FunctionalExtensionality.functional_extensionality. exact H.
Qed.
Lemma power_root x n : x ^ n = 0 -> x = 0.
Proof. intro H. destruct (Req_dec x 0) as [E|E]; [ exact E | exfalso; exact (pow_nonzero x n E H) ]. Qed.
