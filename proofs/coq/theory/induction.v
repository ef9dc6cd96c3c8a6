Lemma least (P : Z -> Prop) (a : Z) :
  (forall n, (n < a)%Z -> P n) -> (forall n, (a <= n)%Z -> P (n - 1)%Z -> P n) -> forall n, P n.
Proof.
  intros B S n. destruct (Z_lt_le_dec n a) as [L|L]; [ exact (B n L) |].
  apply (Z.le_ind P) with (n := (a - 1)%Z); [ intros u v E; rewrite E; tauto | apply B; lia | | lia ].
  intros m M IH. apply S; [ lia |]. replace (Z.succ m - 1)%Z with m by lia. exact IH.
Qed.
