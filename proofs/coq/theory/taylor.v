Fixpoint taylor (n : nat) (t : R) : R :=
  match n with O => 1 | S m => taylor m t + t ^ n / INR (fact n) end.
Lemma taylor_at_0 n : taylor n 0 = 1.
Proof. induction n as [|n IH]; [ reflexivity |]. simpl taylor. rewrite IH, Rmult_0_l. unfold Rdiv. ring. Qed.
Lemma monomial_slope n t : derivable_pt_lim (fun t => t ^ S n / INR (fact (S n))) t (t ^ n / INR (fact n)).
Proof.
  assert (F : INR (fact n) <> 0) by (apply not_0_INR, fact_neq_0).
  assert (G : INR (S n) <> 0) by (apply not_0_INR; lia).
  replace (t ^ n / INR (fact n)) with (INR (S n) * t ^ pred (S n) * / INR (fact (S n)) + t ^ (S n) * 0).
  - exact (derivable_pt_lim_mult (fun t => t ^ S n) (fun _ => / INR (fact (S n))) t _ _
      (derivable_pt_lim_pow t (S n)) (derivable_pt_lim_const _ t)).
  - change (fact (S n)) with (S n * fact n)%nat. rewrite mult_INR. simpl pred. field. split; assumption.
Qed.
Lemma taylor_slope n t : derivable_pt_lim (taylor (S n)) t (taylor n t).
Proof.
  induction n as [|n IH].
  - replace (taylor 0 t) with (0 + t ^ 0 / INR (fact 0)) by (simpl; field).
    exact (derivable_pt_lim_plus (fun _ => 1) _ t _ _ (derivable_pt_lim_const 1 t) (monomial_slope 0 t)).
  - exact (derivable_pt_lim_plus (taylor (S n)) _ t _ _ IH (monomial_slope (S n) t)).
Qed.
Lemma taylor_gap n t : derivable_pt_lim (fun t => exp t - taylor (S n) t) t (exp t - taylor n t).
Proof. apply (derivable_pt_lim_minus exp); [ apply derivable_pt_lim_exp | apply taylor_slope ]. Qed.
Lemma taylor_sign n : (forall t, taylor (S (n + n)) t <= exp t) /\
  forall t, (0 <= t -> taylor (n + n) t <= exp t) /\ (t <= 0 -> exp t <= taylor (n + n) t).
Proof.
  assert (odd : forall m, (forall t, (0 <= t -> taylor m t <= exp t) /\ (t <= 0 -> exp t <= taylor m t)) ->
    forall t, taylor (S m) t <= exp t).
  { intros m H t. destruct (Rtotal_order t 0) as [L|[E|L]].
    - destruct (MVT_cor2 _ _ t 0 L (fun c _ => taylor_gap m c)) as [c [E [A B]]].
      rewrite taylor_at_0, exp_0 in E. destruct (H c) as [_ K]. specialize (K (Rlt_le _ _ B)).
      assert (0 <= (taylor m c - exp c) * (0 - t)) by (apply Rmult_le_pos; lra). lra.
    - rewrite E, taylor_at_0, exp_0. lra.
    - destruct (MVT_cor2 _ _ 0 t L (fun c _ => taylor_gap m c)) as [c [E [A B]]].
      rewrite taylor_at_0, exp_0 in E. destruct (H c) as [K _]. specialize (K (Rlt_le _ _ A)).
      assert (0 <= (exp c - taylor m c) * (t - 0)) by (apply Rmult_le_pos; lra). lra. }
  assert (even : forall t, (0 <= t -> taylor (n + n) t <= exp t) /\ (t <= 0 -> exp t <= taylor (n + n) t)).
  { induction n as [|n IH].
    - simpl. intro t. assert (A := lemma_exp_tangent t). assert (B := lemma_exp_tangent (- t)). assert (C := exp_pos t).
      assert (D : exp t * exp (- t) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
      split; intro H; [ lra |]. assert (1 * exp t <= exp (- t) * exp t) by (apply Rmult_le_compat_r; lra). lra.
    - assert (O := odd _ IH). replace (S n + S n)%nat with (S (S (n + n))) by lia.
      set (m := S (n + n)) in *. intro t. split; intro H.
      + destruct H as [L|E]; [ | rewrite <- E, taylor_at_0, exp_0; lra ].
        destruct (MVT_cor2 _ _ 0 t L (fun c _ => taylor_gap m c)) as [c [E [A B]]].
        rewrite taylor_at_0, exp_0 in E. specialize (O c).
        assert (0 <= (exp c - taylor m c) * (t - 0)) by (apply Rmult_le_pos; lra). lra.
      + destruct H as [L|E]; [ | rewrite E, taylor_at_0, exp_0; lra ].
        destruct (MVT_cor2 _ _ t 0 L (fun c _ => taylor_gap m c)) as [c [E [A B]]].
        rewrite taylor_at_0, exp_0 in E. specialize (O c).
        assert (0 <= (exp c - taylor m c) * (0 - t)) by (apply Rmult_le_pos; lra). lra. }
  split; [ exact (odd _ even) | exact even ].
Qed.
Lemma exp_taylor n t : Nat.odd n = true -> taylor n t <= exp t.
Proof.
  intro H. apply Nat.odd_spec in H. destruct H as [m E]. replace n with (S (m + m)) by lia. apply taylor_sign.
Qed.
Fixpoint factorial (n : nat) : Z := match n with O => 1%Z | S m => (Z.of_nat n * factorial m)%Z end.
Fixpoint series (n : nat) (t : R) : R := match n with O => 1 | S m => series m t + t ^ n / IZR (factorial n) end.
Lemma series_taylor n t : series n t = taylor n t.
Proof.
  assert (F : forall m, IZR (factorial m) = INR (fact m)).
  { induction m as [|m IH]; [ reflexivity |]. change (factorial (S m)) with (Z.of_nat (S m) * factorial m)%Z.
    rewrite mult_IZR, IH, <- INR_IZR_INZ, <- mult_INR. reflexivity. }
  induction n as [|n IH]; [ reflexivity |]. change (series (S n) t) with (series n t + t ^ S n / IZR (factorial (S n))).
  rewrite IH, F. reflexivity.
Qed.
Lemma exp_series n t : Nat.odd n = true -> exp t >= series n t.
Proof. intro H. rewrite series_taylor. apply Rle_ge, exp_taylor, H. Qed.
